import { linkQuerySchema, linkRevokeSchema, linkSelectionProblem } from '@supastor/contract/wire/signed-link';
import type { FastifyInstance } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { failures } from '../../errors.ts';
import { listLinks, revoke } from '../../links/links.ts';
import { parseInput, requireServiceRole } from './service-only.ts';

const WHAT = 'managing signed links';
const config = (operation: string) => ({ auth: 'required', operation: `storage.link.${operation}` }) as const;

/** `/links`: signed links that were made or used, for service_role only. Tokens are in no answer. */
export function linkRoutes(app: FastifyInstance, deps: StorageDeps): void {
  app.get('/links', { config: config('list') }, async (request) => {
    requireServiceRole(request, WHAT);
    const query = parseInput(linkQuerySchema, request.query, 'querystring');
    requireSound(query);
    return listLinks(deps, query);
  });

  app.post('/links/revoke', { config: config('revoke') }, async (request) => {
    requireServiceRole(request, WHAT);
    const selection = parseInput(linkRevokeSchema, request.body, 'body');
    requireSound(selection);
    if (Object.values(selection).every((value) => value === undefined)) {
      throw failures.invalidRequest('body must name ids, a subject or a bucket');
    }
    return revoke(deps, selection);
  });
}

function requireSound(selection: Parameters<typeof linkSelectionProblem>[0]): void {
  const problem = linkSelectionProblem(selection);
  if (problem !== null) throw failures.invalidRequest(problem);
}
