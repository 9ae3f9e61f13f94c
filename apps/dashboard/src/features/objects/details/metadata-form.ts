import type { Messages } from '../../../messages/messages.ts';
/** A line of the editor. The id keeps its place while names are typed. */
export interface MetadataRow {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

/** User metadata as lines; what is no text is shown as JSON. */
export function rowsOfMetadata(metadata: Readonly<Record<string, unknown>>): MetadataRow[] {
  return Object.entries(metadata).map(([name, value], id) => ({
    id,
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
}

/** Lines as user metadata. What was no text before, and is still JSON, stays what it is; lines without a name are left out. */
export function metadataOf(rows: readonly MetadataRow[], before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    rows.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), valueOf(value, before[name.trim()])]),
  );
}

/** What is wrong with the lines; null when nothing is. */
export function metadataProblem(t: Pick<Messages['details'], 'twice'>, rows: readonly MetadataRow[]): string | null {
  const names = rows.map(({ name }) => name.trim()).filter((name) => name !== '');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? null : t.twice(twice);
}

function valueOf(value: string, before: unknown): unknown {
  if (before === undefined || typeof before === 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
