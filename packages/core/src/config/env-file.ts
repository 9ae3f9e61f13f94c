/** One `NAME=value` line of an environment file; quoted when the value needs it. */
export function formatEnvLine(name: string, value: string): string {
  if (/^[A-Za-z0-9_./:@+,=-]*$/.test(value)) return `${name}=${value}`;
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('$', '\\$')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `${name}="${escaped}"`;
}

export interface EnvBlock {
  readonly comment: string;
  readonly values: readonly { readonly name: string; readonly value: string }[];
}

/** `text` with the blocks appended; what is there already stays byte for byte. Blocks without values are left out. */
export function appendEnv(text: string, blocks: readonly EnvBlock[]): string {
  const added = blocks
    .filter((block) => block.values.length > 0)
    .map((block) => [`# ${block.comment}`, ...block.values.map(({ name, value }) => formatEnvLine(name, value)), ''].join('\n'));
  if (added.length === 0) return text;
  const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${ended}${text === '' ? '' : '\n'}${added.join('\n')}`;
}

/** `text` of a .gitignore with those of `wanted` appended that are not there yet; null when nothing is missing. */
export function appendIgnores(text: string, wanted: readonly string[]): string | null {
  const present = new Set(text.split(/\r?\n/).map(normalizeIgnore));
  const missing = wanted.filter((line) => !present.has(normalizeIgnore(line)));
  if (missing.length === 0) return null;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${separator}${missing.join('\n')}\n`;
}

function normalizeIgnore(line: string): string {
  return line.trim().replace(/^\//, '').replace(/\/$/, '');
}
