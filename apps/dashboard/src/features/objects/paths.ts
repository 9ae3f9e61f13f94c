import { nameless } from '../../format/locale.ts';

/** Last segment of a path or prefix: "a/b.txt" -> "b.txt", "a/b/" -> "b". */
export function baseName(path: string): string {
  return path.replace(/\/$/, '').split('/').at(-1) ?? '';
}

/** What to call the object or folder on the screen: "a/b.txt" -> "b.txt", "a//" -> "(empty name)", the object "a/" too. */
export function labelOf(path: string, kind: 'folder' | 'object'): string {
  const name = kind === 'folder' ? baseName(path) : (path.split('/').at(-1) ?? '');
  return name === '' ? nameless() : name;
}

/** Prefix a path or prefix lies in: "a/b.txt" -> "a/", "a/b/" -> "a/", "b" -> "". */
export function parentPrefix(path: string): string {
  const trimmed = path.replace(/\/$/, '');
  return trimmed.slice(0, trimmed.lastIndexOf('/') + 1);
}

export interface Crumb {
  readonly name: string;
  readonly prefix: string;
}

/** Folders from the root down to the prefix, the root itself left out. */
export function crumbsOf(prefix: string): Crumb[] {
  const names = prefix.split('/').slice(0, -1);
  return names.map((name, index) => ({ name: name === '' ? nameless() : name, prefix: `${names.slice(0, index + 1).join('/')}/` }));
}

/** What a person typed as a folder, as a prefix: no leading slash, one trailing slash, empty for the root. */
export function toPrefix(text: string): string {
  const trimmed = text.trim().replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `${trimmed}/`;
}

/** Path with each segment encoded for a URL, the slashes kept. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** The lasting address of an object in a public bucket. */
export function publicUrl(storageUrl: string, bucket: string, path: string): string {
  return `${storageUrl.replace(/\/$/, '')}/object/public/${encodeURIComponent(bucket)}/${encodePath(path)}`;
}

/** A signed link that makes the browser save the file under its own name. */
export function downloadUrl(signedUrl: string, path: string): string {
  const url = new URL(signedUrl);
  url.searchParams.set('download', baseName(path));
  return url.href;
}

/** Splits a list into chunks, for calls that take a limited number. */
export function chunk<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
}
