import type { Job } from '@supastor/contract/operations/jobs';
import type { BackupManifest, BackupSummary } from '@supastor/contract/wire/backup';
import type { Style } from '../../context.ts';
import { formatTable } from '../../output/table.ts';

/** One line a backup. */
export function formatBackups(
  { destination, backups }: { readonly destination: string | null; readonly backups: readonly BackupSummary[] },
  style: Style,
): string {
  if (destination === null) return style.yellow('No place for backups is configured: set backups.destination, then supastor up.');
  if (backups.length === 0) return `There is no backup in ${destination} yet: supastor backups create`;
  const head = ['BACKUP', 'STATE', 'BRINGS BACK', 'OBJECTS', 'SIZE', 'ADDED'].map((text) => style.dim(text));
  const rows = backups.map(({ id, state, cutAt, objects, bytes, addedBytes, unavailable, problem }) => [
    id,
    state === 'complete' ? style.green(state) : style.red(state),
    cutAt ?? problem ?? '',
    objects === null ? '' : `${objects}${unavailable === null || unavailable === 0 ? '' : style.yellow(` (${unavailable} lost before)`)}`,
    sizeOf(bytes),
    sizeOf(addedBytes),
  ]);
  return [destination, formatTable([head, ...rows])].join('\n');
}

const line = (name: string, value: string) => `  ${name.padEnd(17)}${value}`;

export function formatManifest(manifest: BackupManifest): string {
  const { id, project, environment, version, database, cutAt, startedAt, finishedAt, blobs, files } = manifest;
  return [
    `Backup ${id} of ${project} (${environment}), made by Supastor ${version}`,
    line('brings back', cutAt),
    line('made', `${startedAt} to ${finishedAt}`),
    line('database', `${database.name} of Postgres ${database.serverVersion}, cluster ${database.systemIdentifier}`),
    line('log', `${database.startPosition} to ${database.stopPosition} of timeline ${database.timeline}`),
    line('objects', `${blobs.count}, ${sizeOf(blobs.bytes)}; ${blobs.added} of them new, ${sizeOf(blobs.addedBytes)}`),
    ...(blobs.unavailable > 0 ? [line('lost before', `${blobs.unavailable} versions whose bytes the store did not have any more`)] : []),
    ...files.map(({ name, bytes }) => line(name, sizeOf(bytes))),
  ].join('\n');
}

/** What became of a job about a backup. */
export function formatOutcome({ id: jobId, kind, state, result }: Job, style: Style): string {
  if (state !== 'done' || result === null) return `Job ${jobId} is ${state}: supastor jobs get ${jobId}`;
  const { id, objects, bytes, addedBytes, unavailable, removed, notRemoved } = result;
  const held = `${String(objects)} objects, ${sizeOf(bytes)}`;
  const lines = [
    kind === 'backups.verify'
      ? `Backup ${String(id)} is what was written: ${held}`
      : `Backup ${style.bold(String(id))} stands: ${held}, ${sizeOf(addedBytes)} of them new`,
  ];
  if (typeof unavailable === 'number' && unavailable > 0) {
    lines.push(style.yellow(`${unavailable} versions are not in it: the store had lost their bytes before. See supastor storage damaged.`));
  }
  if (Array.isArray(removed) && removed.length > 0) lines.push(`removed, as configured: ${removed.join(', ')}`);
  if (typeof notRemoved === 'string') lines.push(style.yellow(`older backups could not be removed: ${notRemoved}`));
  return lines.join('\n');
}

function sizeOf(bytes: unknown): string {
  if (typeof bytes !== 'number') return '';
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
