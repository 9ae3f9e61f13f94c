import type { ResizeMode } from '../transform-options.ts';

/** What the worker is asked to do. Bytes travel in files, so that messages stay small. */
export interface RenderJob {
  readonly id: number;
  readonly inputPath: string;
  /** Does not exist yet; removed by the caller when the job fails. */
  readonly outputPath: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly resize?: ResizeMode | undefined;
  readonly quality?: number | undefined;
  readonly format: 'origin' | 'webp' | 'avif';
  /** Pixels of the source, all frames together. */
  readonly maxInputPixels: number;
}

export type RenderFailure =
  /** No picture that is read. */
  | 'unsupported'
  /** More pixels than allowed. */
  | 'too-large'
  /** Damaged. */
  | 'broken'
  /** The disk is full or fails. */
  | 'store';

export type RenderReply =
  | { readonly id: number; readonly ok: true }
  | { readonly id: number; readonly ok: false; readonly failure: RenderFailure; readonly reason: string };
