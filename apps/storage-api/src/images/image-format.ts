import type { RequestedFormat } from './transform-options.ts';

/** Formats that are read; SVG, PDF and the like are not, because rendering them runs a document. */
const INPUT_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;
export type ImageFormat = (typeof INPUT_FORMATS)[number];

/** Bytes from the start of a file that tell its format. */
export const HEAD_BYTES = 32;

const SIGNATURES: readonly (readonly [format: ImageFormat, matches: (head: string) => boolean])[] = [
  ['jpeg', (head) => head.startsWith('\xff\xd8\xff')],
  ['png', (head) => head.startsWith('\x89PNG\r\n\x1a\n')],
  ['gif', (head) => head.startsWith('GIF87a') || head.startsWith('GIF89a')],
  ['webp', (head) => head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP'],
  ['avif', (head) => head.slice(4, 8) === 'ftyp' && /avif|avis/.test(head.slice(8))],
  ['tiff', (head) => /^(?:II\*\0|MM\0\*)/.test(head)],
];

/** The format by the first bytes, whatever name or type the object has; null when it is none that is read. */
export function sniffFormat(head: Buffer): ImageFormat | null {
  const text = head.subarray(0, HEAD_BYTES).toString('latin1');
  return SIGNATURES.find(([, matches]) => matches(text))?.[0] ?? null;
}

/** `image/png` and so on. */
export function mimeTypeOf(format: ImageFormat): string {
  return `image/${format}`;
}

/** Without a wish, WebP where the client accepts it; `origin` keeps what the object is. */
export function negotiateFormat(wish: RequestedFormat | undefined, accept: string | undefined): RequestedFormat {
  if (wish !== undefined) return wish;
  return accept !== undefined && /image\/webp(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accept) ? 'webp' : 'origin';
}
