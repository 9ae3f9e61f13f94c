import type { DamagedVersion, MaintenanceRun, QuarantineEntry } from '@supastor/contract/wire/maintenance';
import type { Style } from '../../context.ts';
import { formatTable } from '../../output/table.ts';

/** A run with everything it counted. */
export function formatRun(run: MaintenanceRun, style: Style): string {
  const counts = Object.entries(run.counts).map(([name, value]) => `  ${name.padEnd(18)}${value}`);
  const error = run.error === null ? [] : [style.red(run.error)];
  return [`${run.kind} ${run.id} ${stateOf(run, style)}`, ...counts, ...unreachable(run, style), ...error].join('\n');
}

/** Rows of a taken-over database of which nothing could be said. */
function unreachable({ counts }: MaintenanceRun, style: Style): readonly string[] {
  const rows = counts['unreachable'] ?? 0;
  if (rows === 0) return [];
  return [
    style.yellow(`The bytes of ${rows} rows lie in the store of Supabase Storage, which is not configured or cannot be reached.`),
    'Nothing is said of them, and none is ever removed. Set storage.upstream to read and import them.',
  ];
}

/** One line a run. */
export function formatRuns(runs: readonly MaintenanceRun[], style: Style): string {
  if (runs.length === 0) return 'There was no scan or scrub yet.';
  const head = ['RUN', 'KIND', 'STATE', 'BEGUN', 'BY', 'FOUND'].map((text) => style.dim(text));
  const rows = runs.map((run) => [run.id, run.kind, stateOf(run, style), run.createdAt, run.requestedBy, foundBy(run)]);
  return formatTable([head, ...rows]);
}

export function formatDamaged(damaged: readonly DamagedVersion[], style: Style): string {
  if (damaged.length === 0) return style.green('Nothing is known to be damaged.');
  const head = ['OBJECT', 'VERSION', 'BYTES', 'IS', 'FOUND BY', 'AT'].map((text) => style.dim(text));
  const rows = damaged.map(({ bucket, key, version, sizeBytes, reason, foundBy: finder, foundAt }) => [
    bucket === null ? (key ?? '') : `${bucket}/${key}`,
    version,
    String(sizeBytes ?? ''),
    style.red(reason),
    finder,
    foundAt,
  ]);
  return formatTable([head, ...rows]);
}

export function formatQuarantine(entries: readonly QuarantineEntry[], style: Style): string {
  if (entries.length === 0) return 'The quarantine is empty.';
  const head = ['ENTRY', 'FROM', 'NAME', 'BYTES', 'KEPT UNTIL'].map((text) => style.dim(text));
  const rows = entries.map(({ id, place, name, sizeBytes, expiresAt }) => [id, place, name, String(sizeBytes ?? ''), expiresAt]);
  return formatTable([head, ...rows]);
}

function stateOf({ state }: MaintenanceRun, style: Style): string {
  if (state === 'done') return style.green(state);
  return state === 'failed' ? style.red(state) : style.yellow(state);
}

function foundBy({ kind, counts }: MaintenanceRun): string {
  const names = kind === 'scan' ? ['strays', 'dangling', 'truncated', 'removed'] : ['damaged', 'healed'];
  const found = names.flatMap((name) => ((counts[name] ?? 0) === 0 ? [] : [`${counts[name]} ${name}`]));
  return found.length === 0 ? 'nothing' : found.join(', ');
}
