/** Kept from running scripts, loading anything and reaching our origin, wherever it is opened. */
export const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/**
 * What browsers show without running anything of it with our origin. PDF is among it: its scripts run in a viewer that has no origin,
 * and a sandbox would keep the viewer from showing it.
 */
const INERT =
  /^(?:image|audio|video|font)\/[\w.+-]+\s*(?:;.*)?$|^text\/(?:plain|css|csv|markdown)\s*(?:;.*)?$|^application\/(?:pdf|json|octet-stream|zip|gzip|wasm)\s*(?:;.*)?$/i;
/** Wherever they stand in a type, browsers may take the file for a document. Of a list of types they take the last one. */
const ACTIVE = /html|xml|svg|script|x-shockwave|,/i;

/** Whether a file of that type, opened from our origin, may be a document with scripts. What is not known is taken for one. */
export function mayBeDocument(contentType: string): boolean {
  const type = contentType.trim();
  return ACTIVE.test(type) || !INERT.test(type);
}
