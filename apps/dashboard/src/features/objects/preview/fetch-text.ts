import { fetchRange } from './fetch-range.ts';

/** So much of a text is read to be shown. */
export const TEXT_BYTES = 256 * 1024;

/** The first part of a text. */
export interface TextHead {
  readonly text: string;
  /** There is more that was not read. */
  readonly isCut: boolean;
  /** Of the whole object. */
  readonly totalBytes: number;
}

/** Reads the first {@link TEXT_BYTES} of an object as text. */
export async function fetchText(url: string, signal: AbortSignal): Promise<TextHead> {
  const { bytes, totalBytes } = await fetchRange(url, { start: 0, length: TEXT_BYTES }, signal);
  return { text: new TextDecoder().decode(bytes), totalBytes, isCut: totalBytes > bytes.length };
}
