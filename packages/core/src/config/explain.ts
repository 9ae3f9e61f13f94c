import { SupastorError } from '@supastor/contract/errors';
import { nearestName } from './nearest.ts';
import { formatSource } from './provenance.ts';
import type { Provenance, ProvenanceEntry } from './source.ts';

/** The entries at or below a dotted path; all of them for an empty path. @throws SJ_NOT_FOUND with the nearest valid path */
export function selectProvenance(provenance: Provenance, path: string): readonly ProvenanceEntry[] {
  const wanted = path.trim().replace(/^\.|\.$/g, '');
  const selected = [...provenance.values()].filter(
    (entry) => wanted === '' || entry.path === wanted || entry.path.startsWith(`${wanted}.`),
  );
  if (selected.length > 0) return selected;
  const paths = [...provenance.keys()];
  const blocks = paths.flatMap((known) => known.split('.').map((_, index, keys) => keys.slice(0, index + 1).join('.')));
  const near = nearestName(wanted, [...new Set(blocks)]);
  throw new SupastorError('SJ_NOT_FOUND', `there is no setting "${wanted}"`, {
    hint: near === null ? 'run `supastor config explain` for all of them' : `did you mean ${near}?`,
    meta: { path: wanted, suggestion: near },
  });
}

/** `storage.port = 5001`, where it came from, and what it overrode, one fact per line. */
export function formatProvenance(entry: ProvenanceEntry): string {
  const lines = [`${entry.path} = ${formatShown(entry.shown)}`, `  from      ${formatSource(entry.source)}`];
  for (const lost of entry.overrode) lines.push(`  overrode  ${formatShown(lost.shown)} from ${formatSource(lost.source)}`);
  return lines.join('\n');
}

/** A value on one line; `(unset)` for none. */
export function formatShown(shown: unknown): string {
  if (shown === null || shown === undefined) return '(unset)';
  return typeof shown === 'string' ? shown : JSON.stringify(shown);
}
