import { CONFIG_FIELDS, type ConfigField } from '@supastor/contract/config/fields';
import type { Config } from '@supastor/contract/config/schema';
import type { Candidate } from './candidates.ts';
import { readPath } from './paths.ts';
import type { ConfigSource, Provenance, ProvenanceEntry } from './source.ts';

const MASK = '***';
const NO_SOURCE: ConfigSource = { kind: 'default', name: null, file: null, line: null, column: null };

/** The origin of every leaf: who won, whom it overrode. Secrets are masked. `candidates` are weakest first. */
export function buildProvenance(config: Config, candidates: ReadonlyMap<string, readonly Candidate[]>): Provenance {
  return new Map(CONFIG_FIELDS.map((entry) => [entry.path, describe(entry, config, candidates.get(entry.path) ?? [])]));
}

function describe(entry: ConfigField, config: Config, candidates: readonly Candidate[]): ProvenanceEntry {
  const secret = entry.secret === true;
  const weaker = candidates.slice(0, -1).toReversed();
  return {
    path: entry.path,
    secret,
    shown: show(readPath(config, entry.path), secret),
    source: candidates.at(-1)?.source ?? NO_SOURCE,
    overrode: weaker
      .filter((candidate) => candidate.source.kind !== 'default' || candidate.value !== undefined)
      .map((candidate) => ({ shown: show(candidate.value, secret), source: candidate.source })),
  };
}

function show(value: unknown, secret: boolean): unknown {
  if (value === undefined) return null;
  return secret ? MASK : value;
}

/** `.env:3 (POSTGRES_PORT)`, `supastor.config.yaml:7 (environment production)`, `variable JWT_SECRET`, `flag --set`, `default`. */
export function formatSource({ kind, name, file, line }: ConfigSource): string {
  const place = `${file ?? ''}${line === null ? '' : `:${line}`}`;
  switch (kind) {
    case 'default':
      return 'default';
    case 'dotenv':
      return `${place} (${name ?? ''})`;
    case 'yaml':
      return `${place} (environment ${name ?? ''})`;
    case 'env':
      return `variable ${name ?? ''}`;
    default:
      return `flag ${name ?? ''}`;
  }
}
