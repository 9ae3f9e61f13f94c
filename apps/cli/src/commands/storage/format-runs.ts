import type { AdoptedBytes, DamagedVersion, MaintenanceRun, QuarantineEntry } from '@supastor/contract/wire/maintenance';
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
  if (runs.length === 0) return 'There was no scan, scrub or import yet.';
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

/** What a taken-over database has in the store of Supabase Storage, and what to do next. */
export function formatAdopted(bytes: AdoptedBytes, style: Style): string {
  const { source, isReachable, isWritable, waiting, imported, failed, failures } = bytes;
  if (waiting + imported === 0) return 'Nothing lies in the store of Supabase Storage: this database has all its bytes here.';
  const reach = isReachable ? style.green(isWritable ? 'can be read and changed' : 'can be read') : style.red('cannot be reached');
  const head = [
    source === null ? style.red('The store of Supabase Storage is not configured: set storage.upstream.') : `${source} ${reach}`,
    `  to import         ${waiting}${waiting === 0 ? '' : '   supastor storage import --wait'}`,
    `  imported          ${imported}${imported === 0 ? '' : '   their old bytes are still there: supastor storage import --remove-source'}`,
    `  failed            ${failed}`,
  ];
  if (failures.length === 0) return head.join('\n');
  const rows = failures.map(({ path, version, reason }) => [path, version, style.red(reason)]);
  return [...head, formatTable([['PATH', 'VERSION', 'FAILED'].map((text) => style.dim(text)), ...rows])].join('\n');
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

const FOUND: Readonly<Record<MaintenanceRun['kind'], readonly string[]>> = {
  scan: ['strays', 'dangling', 'truncated', 'removed', 'unreachable'],
  scrub: ['damaged', 'healed', 'unreachable'],
  import: ['imported', 'failed', 'sourcesRemoved'],
};

function foundBy({ kind, counts }: MaintenanceRun): string {
  const found = FOUND[kind].flatMap((name) => ((counts[name] ?? 0) === 0 ? [] : [`${counts[name]} ${name}`]));
  return found.length === 0 ? 'nothing' : found.join(', ');
}
