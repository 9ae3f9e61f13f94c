const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COMMA] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d, 0x2c];

export interface JsonLimits {
  /** Lists and objects within each other. */
  readonly depth: number;
  /** Values of lists and fields of objects, all together. */
  readonly values: number;
}

/**
 * Which limit a JSON text exceeds; null when none. Parsing a million levels holds everybody up for a second, and a million values of two
 * bytes take a hundred times the memory of their text.
 */
export function findExcess(text: string, limits: JsonLimits): keyof JsonLimits | null {
  let [depth, values, isText] = [0, 1, false];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isText) {
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) isText = false;
    } else if (code === QUOTE) isText = true;
    else if (code === COMMA) {
      values += 1;
      if (values > limits.values) return 'values';
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth += 1;
      if (depth > limits.depth) return 'depth';
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth -= 1;
  }
  return null;
}
