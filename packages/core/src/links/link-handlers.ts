import { linksList, linksRevoke } from '@supastor/contract/operations/links';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { LinkAdmin } from './link-admin.port.ts';

type Context = OperationContext<{ readonly links: LinkAdmin }>;

export const linkHandlers = {
  'links.list': implement(linksList, (query, { deps, signal }: Context) => deps.links.list(query, signal)),

  'links.revoke': implement(linksRevoke, async (selection, { deps, signal, recordChange }: Context) => {
    const answer = await deps.links.revoke(selection, signal);
    recordChange({ after: answer });
    return answer;
  }),
};
