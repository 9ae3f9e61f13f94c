import type sharpModule from 'sharp';
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { capPixels, planResize, type Size } from '../resize-plan.ts';
import type { RenderFailure, RenderJob } from './messages.ts';

type SharpModule = typeof sharpModule;

/** The only readers that stay enabled: none of them opens other files or addresses. */
const LOADERS = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((name) => `VipsForeignLoad${name}File`);
const DEFAULT_QUALITY = 80;
const DEFAULT_AVIF_QUALITY = 60;
/** Above this AVIF is encoded with the least effort, so that it ends in time. */
const LARGE_AVIF_PIXELS = 2_000_000;
/** Encoders of large pictures take memory without measure, AVIF's 50 bytes a pixel: what comes out is reduced to this. */
const MAX_OUTPUT_PIXELS = 16_777_216;
const MAX_AVIF_OUTPUT_PIXELS = 4_000_000;
/** Reading AVIF takes 20 bytes a pixel. */
const MAX_AVIF_INPUT_PIXELS = 16_777_216;
/** The first orientation value of EXIF that turns a picture on its side. */
const FIRST_SIDEWAYS_ORIENTATION = 5;

/** Why a picture could not be made. */
export class RenderError extends Error {
  readonly failure: RenderFailure;

  constructor(failure: RenderFailure, reason: string) {
    super(reason);
    this.failure = failure;
  }
}

/** Loads sharp and closes every door of it that is not needed. */
export async function loadSharp(): Promise<SharpModule> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
  return sharp;
}

/**
 * Makes the picture and writes it to the job's output path.
 * @throws RenderError
 */
export async function render(sharp: SharpModule, job: RenderJob): Promise<void> {
  const still = await inspect(sharp, job, { pages: 1 });
  const frames = still.pages ?? 1;
  const target = chooseFormat(job, still);
  const isAnimated = frames > 1 && (target === 'webp' || target === 'gif') && sizeOf(still).pixels * frames <= job.maxInputPixels;
  const pipeline = sharp(job.inputPath, readOptions(job, isAnimated ? { animated: true } : { pages: 1 })).autoOrient();
  const shown = shownSize(still);
  const { fit, ...size } = capPixels(planResize(shown, job, job.resize), target === 'avif' ? MAX_AVIF_OUTPUT_PIXELS : MAX_OUTPUT_PIXELS);
  if (size.width !== shown.width || size.height !== shown.height) pipeline.resize({ ...size, fit, position: 'centre' });
  await encode(pipeline, target, job, size)
    .toFile(job.outputPath)
    .catch((error: unknown) => {
      throw asRenderError(error);
    });
}

async function inspect(sharp: SharpModule, job: RenderJob, options: SharpOptions): Promise<Metadata> {
  const metadata = await sharp(job.inputPath, readOptions(job, options))
    .metadata()
    .catch((error: unknown) => {
      throw asRenderError(error, 'unsupported');
    });
  const maxPixels = metadata.format === 'heif' ? Math.min(job.maxInputPixels, MAX_AVIF_INPUT_PIXELS) : job.maxInputPixels;
  if (sizeOf(metadata).pixels > maxPixels) throw new RenderError('too-large', 'too many pixels');
  return metadata;
}

function readOptions({ maxInputPixels }: RenderJob, options: SharpOptions): SharpOptions {
  return { limitInputPixels: maxInputPixels, limitInputChannels: 5, failOn: 'error', sequentialRead: true, ...options };
}

function sizeOf({ width, height, pageHeight }: Metadata): Size & { readonly pixels: number } {
  const frameHeight = pageHeight ?? height;
  return { width, height: frameHeight, pixels: width * frameHeight };
}

/** Width and height once the picture is turned as its EXIF says. */
function shownSize(metadata: Metadata): Size {
  const { width, height } = sizeOf(metadata);
  return (metadata.orientation ?? 1) >= FIRST_SIDEWAYS_ORIENTATION ? { width: height, height: width } : { width, height };
}

type OutputFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif';

function chooseFormat({ format }: RenderJob, source: Metadata): OutputFormat {
  if (format !== 'origin') return format;
  switch (source.format) {
    case 'png':
    case 'webp':
    case 'gif':
    case 'jpeg':
      return source.format;
    case 'heif':
      return 'avif';
    default:
      return source.hasAlpha ? 'png' : 'jpeg';
  }
}

function encode(pipeline: Sharp, format: OutputFormat, { quality }: RenderJob, { width, height }: Size): Sharp {
  switch (format) {
    case 'jpeg':
      return pipeline.jpeg({ quality: quality ?? DEFAULT_QUALITY });
    case 'webp':
      return pipeline.webp({ quality: quality ?? DEFAULT_QUALITY, effort: 3 });
    case 'avif':
      return pipeline.avif({ quality: quality ?? DEFAULT_AVIF_QUALITY, effort: width * height > LARGE_AVIF_PIXELS ? 0 : 2 });
    case 'gif':
      return pipeline.gif();
    default:
      return pipeline.png();
  }
}

function asRenderError(error: unknown, otherwise: RenderFailure = 'broken'): RenderError {
  const reason = error instanceof Error ? error.message : String(error);
  if (/exceeds pixel limit|too many channels|exceeds (?:the )?limit/i.test(reason)) return new RenderError('too-large', reason);
  if (/unsupported image format|loader|does not support/i.test(reason)) return new RenderError('unsupported', reason);
  if (/no space left|system error|unable to (?:open|write)|write error/i.test(reason)) return new RenderError('store', reason);
  return new RenderError(otherwise, reason);
}
