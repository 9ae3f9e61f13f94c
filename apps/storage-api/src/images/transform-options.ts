import { failures } from '../errors.ts';

const RESIZE_MODES = ['cover', 'contain', 'fill'] as const;
export type ResizeMode = (typeof RESIZE_MODES)[number];

const FORMATS = ['origin', 'webp', 'avif'] as const;
export type RequestedFormat = (typeof FORMATS)[number];

/** A transformation as a client asks for it; sizes in pixels. */
export interface TransformOptions {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly resize?: ResizeMode | undefined;
  /** 20 to 100. */
  readonly quality?: number | undefined;
  readonly format?: RequestedFormat | undefined;
}

/** JSON schema of {@link TransformOptions}, for query strings and bodies. */
export const TRANSFORM_PROPERTIES = {
  height: { type: 'integer', minimum: 0 },
  width: { type: 'integer', minimum: 0 },
  resize: { type: 'string', enum: [...RESIZE_MODES] },
  quality: { type: 'integer', minimum: 20, maximum: 100 },
  format: { type: 'string', enum: [...FORMATS] },
} as const;

/** Smallest and largest width and height that may come out. */
export interface SizeLimits {
  readonly minPixels: number;
  readonly maxPixels: number;
}

/** Names that the protocol uses for the resize modes inside a transformation text. */
const MODE_NAMES: Readonly<Record<ResizeMode, string>> = { cover: 'fill', contain: 'fit', fill: 'force' };

/** Brings sizes into the limits and drops zeros, which mean "not given". */
export function clampOptions(
  { width, height, resize, quality, format }: TransformOptions,
  { minPixels, maxPixels }: SizeLimits,
): TransformOptions {
  const clamp = (size: number) => Math.min(Math.max(size, minPixels), maxPixels);
  return {
    ...(width ? { width: clamp(width) } : {}),
    ...(height ? { height: clamp(height) } : {}),
    ...(width || height ? { resize: resize ?? 'cover' } : {}),
    ...(quality === undefined ? {} : { quality }),
    ...(format === undefined ? {} : { format }),
  };
}

/** The transformation as text, such as `height:100,width:200,resizing_type:fill`; empty when nothing changes but the format. */
export function formatTransformations({ width, height, resize, quality }: TransformOptions): string {
  return [
    ...(height === undefined ? [] : [`height:${height}`]),
    ...(width === undefined ? [] : [`width:${width}`]),
    ...(resize === undefined ? [] : [`resizing_type:${MODE_NAMES[resize]}`]),
    ...(quality === undefined ? [] : [`quality:${quality}`]),
  ].join(',');
}

/**
 * Reads what {@link formatTransformations} wrote into a signed link.
 * @throws ProtocolError InvalidRequest when it is not such a text
 */
export function parseTransformations(text: string, format?: string): TransformOptions {
  const parts = text === '' ? [] : text.split(',');
  const fields = parts.map((part) => /^(height|width|resizing_type|quality):(\w+)$/.exec(part));
  if (fields.includes(null)) throw failures.invalidRequest('the link carries an unknown transformation');
  const values = new Map(fields.map((field) => [field?.[1], field?.[2]]));
  const size = (name: string) => {
    const value = values.get(name);
    return value === undefined ? undefined : Number.parseInt(value, 10) || undefined;
  };
  return {
    width: size('width'),
    height: size('height'),
    quality: size('quality'),
    resize: RESIZE_MODES.find((mode) => MODE_NAMES[mode] === values.get('resizing_type')),
    format: FORMATS.find((each) => each === format),
  };
}
