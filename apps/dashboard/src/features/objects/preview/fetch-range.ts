/** Part of an object. */
export interface RangeBytes {
  readonly bytes: Uint8Array;
  /** Of the whole object. */
  readonly totalBytes: number;
}

/** Bytes `[start, start + length)`, or up to the end; storage honours Range, so a part of a large object costs no more than of a small one. */
export async function fetchRange(
  url: string,
  { start, length }: { readonly start: number; readonly length: number },
  signal: AbortSignal,
): Promise<RangeBytes> {
  const headers = { range: `bytes=${start}-${start + length - 1}` };
  const response = await fetch(url, { signal, headers, referrerPolicy: 'no-referrer' });
  if (!response.ok) throw new Error(`Storage answered ${response.status}.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const total = Number(response.headers.get('content-range')?.split('/')[1] ?? bytes.length);
  // A server that knows no ranges sends everything.
  const part = response.status === 206 ? bytes : bytes.subarray(start, start + length);
  return { bytes: part, totalBytes: Number.isNaN(total) ? bytes.length : total };
}
