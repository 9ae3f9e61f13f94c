import type { Style } from '../../context.ts';
import type { ImportReport } from './import.ts';

/** An import as a person reads it: what became of each service, then what is left to do. */
export function formatImport(report: ImportReport, style: Style): string {
  const names = [...new Set([...report.taken, ...report.leftOut].map(({ service }) => service))];
  const sections = names.map((name) => formatService(report, name, style));
  return [...sections, formatOutcome(report, style)].join('\n\n');
}

function formatService({ taken, leftOut }: ImportReport, service: string | null, style: Style): string {
  const place = (field: string, line: number | null) =>
    `${field === '' ? '' : `${field} `}${line === null ? '' : style.dim(`line ${line} `)}`;
  return [
    style.bold(service ?? 'the whole file'),
    ...taken
      .filter((one) => one.service === service)
      .map(({ field, line, path, value }) => `  ${style.green('+')} ${place(field, line)}→ ${path}: ${shown(value)}`),
    ...leftOut
      .filter((one) => one.service === service)
      .map(({ field, line, reason }) => `  ${style.yellow('-')} ${place(field, line)}left out: ${reason}`),
  ].join('\n');
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function formatOutcome({ written, generated, toSet, notes, environment }: ImportReport, style: Style): string {
  const flag = environment === 'default' ? '' : ` --env ${environment}`;
  return [
    written.length === 0 ? 'Nothing was written.' : `Wrote ${written.join(', ')}`,
    ...(generated.length === 0 ? [] : [`Generated ${generated.join(', ')}`]),
    ...(toSet.length === 0 ? [] : [`${style.yellow('To be set in .env:')} ${toSet.join(', ')}`]),
    ...notes.map((note) => `${style.yellow('!')} ${note}`),
    '',
    `Next: ${style.bold(`supastor plan${flag}`)}`,
  ].join('\n');
}
