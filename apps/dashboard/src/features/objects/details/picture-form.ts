import type { Picture } from '@supastor/contract/operations/object-details';
import { encodePath } from '../paths.ts';

/** The playground as it is typed. */
export interface PictureForm {
  readonly width: string;
  readonly height: string;
  readonly resize: 'cover' | 'contain' | 'fill';
  readonly quality: number;
  /** Empty: the best that the browser takes. */
  readonly format: string;
}

/** The picture of a form; without width and height nothing is resized. */
export function pictureOf({ width, height, resize, quality, format }: PictureForm): Picture {
  const [wide, high] = [pixels(width), pixels(height)];
  return {
    ...(wide !== undefined && { width: wide }),
    ...(high !== undefined && { height: high }),
    ...((wide !== undefined || high !== undefined) && { resize }),
    quality,
    ...((format === 'origin' || format === 'webp' || format === 'avif') && { format }),
  };
}

function pixels(text: string): number | undefined {
  return Number(text) > 0 ? Math.min(Number(text), 10_000) : undefined;
}

/** The lasting address of a picture in a public bucket. */
export function publicPictureUrl(
  storageUrl: string,
  { bucket, path }: { readonly bucket: string; readonly path: string },
  picture: Picture,
): string {
  const address = `${encodeURIComponent(bucket)}/${encodePath(path)}`;
  const query = new URLSearchParams(Object.entries(picture).map(([name, value]) => [name, String(value)]));
  return `${storageUrl.replace(/\/$/, '')}/render/image/public/${address}?${query.toString()}`;
}
