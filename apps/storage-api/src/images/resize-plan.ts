import type { ResizeMode } from './transform-options.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface ResizePlan extends Size {
  /** `cover` cuts what projects; `fill` stretches to the size exactly. */
  readonly fit: 'cover' | 'fill';
}

/** What a picture of the `source` size, as it is shown, becomes. Nothing is ever enlarged. */
export function planResize(source: Size, wanted: Partial<Size>, mode: ResizeMode = 'cover'): ResizePlan {
  const { width, height } = wanted;
  if (width === undefined && height === undefined) return { ...source, fit: 'fill' };
  if (mode === 'fill') return stretch(source, { width: width ?? source.width, height: height ?? source.height });
  if (width === undefined || height === undefined || mode === 'contain') {
    const scale = Math.min(1, (width ?? Infinity) / source.width, (height ?? Infinity) / source.height);
    return { ...scaled(source, scale), fit: 'fill' };
  }
  const scale = Math.min(1, Math.max(width / source.width, height / source.height));
  const whole = scaled(source, scale);
  return { width: Math.min(width, whole.width), height: Math.min(height, whole.height), fit: 'cover' };
}

/** The same shape, made smaller until it has at most `maxPixels`. */
export function capPixels(plan: ResizePlan, maxPixels: number): ResizePlan {
  const pixels = plan.width * plan.height;
  if (pixels <= maxPixels) return plan;
  const scale = Math.sqrt(maxPixels / pixels);
  const shrink = (side: number) => Math.max(1, Math.floor(side * scale));
  return { ...plan, width: shrink(plan.width), height: shrink(plan.height) };
}

/** The wanted shape; where it is larger than the source, it shrinks as a whole until it is not. */
function stretch(source: Size, wanted: Size): ResizePlan {
  const shrink = Math.min(1, source.width / wanted.width, source.height / wanted.height);
  return { ...scaled(wanted, shrink), fit: 'fill' };
}

function scaled({ width, height }: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
