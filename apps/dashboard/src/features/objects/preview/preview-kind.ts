import type { ObjectEntry } from '@supastor/contract/operations/objects';

export type PreviewKind = 'image' | 'video' | 'audio' | 'pdf' | 'markdown' | 'csv' | 'json' | 'text' | 'zip' | 'tar' | 'hex' | 'none';

const BY_TYPE: readonly (readonly [RegExp, PreviewKind])[] = [
  [/^image\/(png|jpe?g|gif|webp|avif|svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)\b/, 'image'],
  [/^video\//, 'video'],
  [/^audio\//, 'audio'],
  [/^application\/pdf\b/, 'pdf'],
  [/^text\/(x-)?markdown\b/, 'markdown'],
  [/^text\/(csv|tab-separated-values)\b/, 'csv'],
  [/^application\/json\b|\+json\b/, 'json'],
  [/^text\/|^application\/(xml|javascript|sql|toml|yaml|x-yaml|x-ndjson|x-sh|graphql)\b|\+xml\b/, 'text'],
  [/^application\/(zip|x-zip-compressed|java-archive|epub\+zip|vnd\.openxmlformats[\w.-]*)\b/, 'zip'],
  [/^application\/(x-tar|gzip|x-gzip|x-gtar|x-compressed-tar)\b/, 'tar'],
];

/** For types that say nothing: uploads without a type, and those of tools that know none. */
const BY_EXTENSION: Readonly<Record<string, PreviewKind>> = {
  md: 'markdown',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  txt: 'text',
  log: 'text',
  pdf: 'pdf',
  zip: 'zip',
  jar: 'zip',
  tar: 'tar',
  tgz: 'tar',
  gz: 'tar',
  mp4: 'video',
  webm: 'video',
  mp3: 'audio',
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  webp: 'image',
};

/** How an object can be shown: by its type; by its extension when the type says nothing; byte by byte when neither does. */
export function previewKind({ mimeType, path, sizeBytes }: Pick<ObjectEntry, 'mimeType' | 'path' | 'sizeBytes'>): PreviewKind {
  if (sizeBytes === 0) return 'none';
  const type = (mimeType ?? '').toLowerCase();
  const known = BY_TYPE.find(([pattern]) => pattern.test(type))?.[1];
  if (known !== undefined) return known === 'tar' && !isTar(path) ? 'hex' : known;
  if (type !== '' && type !== 'application/octet-stream' && type !== 'binary/octet-stream') return 'hex';
  const guess = BY_EXTENSION[extensionOf(path)] ?? 'hex';
  return guess === 'tar' && !isTar(path) ? 'hex' : guess;
}

/** Gzip of anything else than a tar holds one file, whose listing would say nothing. */
function isTar(path: string): boolean {
  return /\.(tar|tgz|tar\.gz)$/i.test(path);
}

/** What follows the last dot of the name, in lower case; empty when there is none. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
}
