/** Types that browsers leave empty or get wrong, by extension. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  csv: 'text/csv',
  heic: 'image/heic',
  log: 'text/plain',
  md: 'text/markdown',
  mjs: 'text/javascript',
  parquet: 'application/vnd.apache.parquet',
  sql: 'application/sql',
  toml: 'application/toml',
  ts: 'text/plain',
  tsx: 'text/plain',
  wasm: 'application/wasm',
  webp: 'image/webp',
  yaml: 'application/yaml',
  yml: 'application/yaml',
};

/** The media type to store a file with. */
export function contentTypeOf(file: { readonly name: string; readonly type: string }): string {
  const extension = file.name.slice(file.name.lastIndexOf('.') + 1).toLowerCase();
  // .ts is a video format to browsers (MPEG transport stream); nearly always it is TypeScript.
  if (extension === 'ts' && file.type.startsWith('video/')) return 'text/plain';
  return file.type || BY_EXTENSION[extension] || 'application/octet-stream';
}
