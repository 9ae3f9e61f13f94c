import { describe, expect, it } from 'vitest';
import { createTimedCodes } from './timed-codes.ts';

/** RFC 6238, appendix B: SHA-1, the secret `12345678901234567890`; of the eight digits the last six. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('timed codes', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
  ])('are those of the RFC at second %i', async (second, code) => {
    const step = Math.floor(second / 30);
    expect(await createTimedCodes('x', () => second).stepOf(SECRET, code)).toBe(step);
    expect(await createTimedCodes('x', () => second + 30).stepOf(SECRET, code)).toBe(step);
    expect(await createTimedCodes('x', () => second - 30).stepOf(SECRET, code)).toBe(step);
    expect(await createTimedCodes('x', () => second + 61).stepOf(SECRET, code)).toBeNull();
    expect(await createTimedCodes('x', () => second).stepOf(SECRET, '000000')).toBeNull();
  });

  it('name who they are for', async () => {
    const codes = createTimedCodes('photos (prod)');
    const uri = new URL(await codes.uri(SECRET, 'ada@example.org'));
    expect(uri.protocol + decodeURIComponent(uri.pathname)).toBe('otpauth:/photos (prod):ada@example.org');
    expect(Object.fromEntries(uri.searchParams)).toMatchObject({ secret: SECRET, issuer: 'photos (prod)' });
    expect(await codes.newSecret()).toMatch(/^[A-Z2-7]{32}$/);
  });
});
