export interface HexLine {
  readonly offset: string;
  readonly hex: string;
  readonly text: string;
}

const PER_LINE = 16;

/** Bytes as lines of sixteen: where, in hex, and as the characters that can be printed. */
export function hexLines(bytes: Uint8Array, start: number): HexLine[] {
  return Array.from({ length: Math.ceil(bytes.length / PER_LINE) }, (_, line) => {
    const part = [...bytes.subarray(line * PER_LINE, (line + 1) * PER_LINE)];
    return {
      offset: (start + line * PER_LINE).toString(16).padStart(8, '0'),
      hex: part.map((byte, index) => byte.toString(16).padStart(2, '0') + (index === 7 ? ' ' : '')).join(' '),
      text: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join(''),
    };
  });
}
