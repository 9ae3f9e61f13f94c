/** A name that nothing else has: 128 random bits in hex. Browsers have `crypto.randomUUID` in secure contexts only, not over plain HTTP. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
