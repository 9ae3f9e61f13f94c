import { describe, expect, it } from 'vitest';
import { CHECKSUM_ALGORITHMS, compositeChecksum, createDigest, multipartEtag } from './checksums.ts';

const CHECK = Buffer.from('123456789');

function hexOf(algorithm: Parameters<typeof createDigest>[0], ...chunks: readonly Uint8Array[]): string {
  const digest = createDigest(algorithm);
  for (const chunk of chunks) digest.update(chunk);
  return digest.digest().toString('hex');
}

describe('digests', () => {
  it('match the published check values', () => {
    expect(hexOf('CRC32', CHECK)).toBe('cbf43926');
    expect(hexOf('CRC32C', CHECK)).toBe('e3069283');
    expect(hexOf('CRC64NVME', CHECK)).toBe('ae8b14860a799888');
    expect(hexOf('MD5', CHECK)).toBe('25f9e794323b453885f5181f1b624d0b');
    expect(hexOf('SHA1', CHECK)).toBe('f7c3bc1d808e04732adf679965ccc34ca7ae3441');
    expect(hexOf('SHA256')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('do not depend on where the bytes are cut or how they are aligned', () => {
    const bytes = Buffer.alloc(4099, 0);
    for (let index = 0; index < bytes.length; index += 1) bytes[index] = (index * 31 + (index >> 3)) & 0xff;
    for (const algorithm of [...CHECKSUM_ALGORITHMS, 'MD5'] as const) {
      const whole = hexOf(algorithm, bytes);
      for (const cut of [0, 1, 7, 8, 9, 1023, 4098]) expect(hexOf(algorithm, bytes.subarray(0, cut), bytes.subarray(cut))).toBe(whole);
    }
  });

  it('of zeros differ by their number', () => {
    for (const algorithm of CHECKSUM_ALGORITHMS) expect(hexOf(algorithm, Buffer.alloc(8))).not.toBe(hexOf(algorithm, Buffer.alloc(16)));
  });
});

describe('composite values', () => {
  it('are digests of digests with the number of parts', () => {
    expect(multipartEtag(['25f9e794323b453885f5181f1b624d0b'])).toMatch(/^[0-9a-f]{32}-1$/);
    const digest = createDigest('MD5');
    digest.update(Buffer.from('25f9e794323b453885f5181f1b624d0b'.repeat(2), 'hex'));
    const twice = multipartEtag(['25f9e794323b453885f5181f1b624d0b', '25f9e794323b453885f5181f1b624d0b']);
    expect(twice).toBe(`${digest.digest().toString('hex')}-2`);
    expect(compositeChecksum('CRC32', ['y/Q5Jg==', 'y/Q5Jg=='])).toMatch(/^[A-Za-z0-9+/]{6}==-2$/);
  });
});
