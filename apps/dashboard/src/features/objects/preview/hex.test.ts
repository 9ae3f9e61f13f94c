import { expect, test } from 'vitest';
import { hexLines } from './hex.ts';

test('sixteen bytes a line, with a gap in the middle and dots for what cannot be printed', () => {
  expect(hexLines(new Uint8Array([...new TextEncoder().encode('Hello, world 12!'), 0, 255]), 4096)).toEqual([
    { offset: '00001000', hex: '48 65 6c 6c 6f 2c 20 77  6f 72 6c 64 20 31 32 21', text: 'Hello, world 12!' },
    { offset: '00001010', hex: '00 ff', text: '··' },
  ]);
});
