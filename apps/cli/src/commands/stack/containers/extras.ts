import { type Extra, EXTRAS } from '@supastor/contract/config/containers';
import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { DeployRecord } from '@supastor/contract/wire/deploy-record';

/** What `--with` and `--without` ask for. */
export interface AskedExtras {
  readonly with: readonly Extra[];
  readonly without: readonly Extra[];
}

export const NO_EXTRAS: AskedExtras = { with: [], without: [] };

/** `--with monitoring --without ...` as they were typed. @throws SJ_USAGE */
export function parseExtras(flags: { readonly with?: readonly string[]; readonly without?: readonly string[] }): AskedExtras {
  const asked = { with: (flags.with ?? []).map(parseExtra), without: (flags.without ?? []).map(parseExtra) };
  const both = asked.with.find((extra) => asked.without.includes(extra));
  if (both === undefined) return asked;
  throw new SupastorError('SJ_USAGE', `--with ${both} and --without ${both} exclude each other`, { hint: 'give one of them' });
}

function parseExtra(name: string): Extra {
  const extra = EXTRAS.find((candidate) => candidate === name);
  if (extra !== undefined) return extra;
  throw new SupastorError('SJ_USAGE', `There is no "${name}" to run besides the services`, { hint: `there is: ${EXTRAS.join(', ')}` });
}

/**
 * The configuration with everything that runs besides: what it says itself, what was asked for before, and what is asked for now.
 * @throws SJ_USAGE when what should go is in the configuration
 */
export function effectiveExtras(
  config: Config,
  asked: AskedExtras,
  last: Pick<DeployRecord, 'extras'> | null,
): { readonly config: Config; readonly extras: readonly Extra[] } {
  const configured = config.containers.with;
  const refused = asked.without.find((extra) => configured.includes(extra));
  if (refused !== undefined) {
    throw new SupastorError('SJ_USAGE', `--without ${refused}: the configuration asks for it`, { hint: 'take it out of containers.with' });
  }
  const wanted = new Set([...(last?.extras ?? []), ...asked.with]);
  const extras = EXTRAS.filter((extra) => wanted.has(extra) && !asked.without.includes(extra) && !configured.includes(extra));
  return { config: { ...config, containers: { ...config.containers, with: [...configured, ...extras] } }, extras };
}
