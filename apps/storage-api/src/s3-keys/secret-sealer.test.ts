import { describe, expect, it } from 'vitest';
import { SecretSealer } from './secret-sealer.ts';

const OLD = 'the passphrase of last year';
const NEW = 'the passphrase of this year';

describe('sealed secrets', () => {
  it('open again, each time sealed differently, and only for their owner', () => {
    const sealer = new SecretSealer(OLD);
    const sealed = sealer.seal('secret', 'KEY1');
    expect(sealed).not.toContain('secret');
    expect(sealer.seal('secret', 'KEY1')).not.toBe(sealed);
    expect(sealer.open(sealed, 'KEY1')).toBe('secret');
    expect(sealer.open(sealed, 'KEY2')).toBeNull();
  });

  it('open under a retired passphrase, and tell that they should be sealed anew', () => {
    const sealed = new SecretSealer(OLD).seal('secret', 'KEY1');
    const rotated = new SecretSealer(NEW, [OLD]);
    expect(rotated.open(sealed, 'KEY1')).toBe('secret');
    expect(rotated.isCurrent(sealed)).toBe(false);
    expect(rotated.isCurrent(rotated.seal('secret', 'KEY1'))).toBe(true);
    expect(new SecretSealer(NEW).open(sealed, 'KEY1')).toBeNull();
  });

  it('do not open when any part of them was changed', () => {
    const sealer = new SecretSealer(OLD);
    const sealed = sealer.seal('secret', 'KEY1');
    const changed = Array.from(sealed, (char, at) => sealed.slice(0, at) + (char === 'A' ? 'B' : 'A') + sealed.slice(at + 1));
    // The last character of base64 may hold bits that mean nothing.
    const opened = changed.filter((text) => sealer.open(text, 'KEY1') !== null);
    expect(opened.filter((text) => !sameBytes(text, sealed))).toEqual([]);
    for (const text of ['', '.', '...', sealed.slice(0, -4), `${sealed}.x`, 'x'.repeat(100)]) expect(sealer.open(text, 'KEY1')).toBeNull();
  });
});

function sameBytes(left: string, right: string): boolean {
  return decode(left) === decode(right);
}

function decode(sealed: string): string {
  const [id, ...parts] = sealed.split('.');
  return [id, ...parts.map((part) => Buffer.from(part, 'base64url').toString('hex'))].join('.');
}
