import { describe, expect, it } from 'vitest';
import { negotiateFormat, sniffFormat } from './image-format.ts';
import { clampOptions, formatTransformations, parseTransformations } from './transform-options.ts';

const limits = { minPixels: 10, maxPixels: 2000 };

describe('transformation options', () => {
  it('are brought into the limits', () => {
    expect(clampOptions({ width: 1, height: 99_999, quality: 50 }, limits)).toEqual({
      width: 10,
      height: 2000,
      resize: 'cover',
      quality: 50,
    });
  });

  it('treat zero as not given', () => {
    expect(clampOptions({ width: 0, height: 0, resize: 'fill' }, limits)).toEqual({});
  });

  it('survive the way through a signed link', () => {
    const options = clampOptions({ width: 100, height: 200, resize: 'contain', quality: 30, format: 'avif' }, limits);
    const text = formatTransformations(options);
    expect(text).toBe('height:200,width:100,resizing_type:fit,quality:30');
    expect(parseTransformations(text, 'avif')).toEqual(options);
  });

  it.each(['enlarge:1', 'width:100,plain', 'width=100'])('refuses %s in a link', (text) => {
    expect(() => parseTransformations(text)).toThrow('unknown transformation');
  });
});

describe('formats', () => {
  it.each([
    [undefined, 'image/avif,image/webp,*/*', 'webp'],
    [undefined, '*/*', 'origin'],
    [undefined, 'image/webp;q=0', 'origin'],
    [undefined, undefined, 'origin'],
    ['origin', 'image/webp', 'origin'],
    ['avif', undefined, 'avif'],
  ] as const)('wish %s with accept %s gives %s', (wish, accept, expected) => {
    expect(negotiateFormat(wish, accept)).toBe(expected);
  });

  it.each(['<svg xmlns="http://www.w3.org/2000/svg"/>', '%PDF-1.7', '', 'GIF8', '<?xml version="1.0"?>'])(
    'does not take %s for a picture',
    (text) => {
      expect(sniffFormat(Buffer.from(text))).toBeNull();
    },
  );
});
