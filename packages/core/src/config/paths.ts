/** The value at a dotted path of plain nested objects; undefined when any part is missing. */
export function readPath(tree: unknown, path: string): unknown {
  let current = tree;
  for (const key of path.split('.')) {
    if (!isRecord(current)) return undefined;
    current = current[key];
  }
  return current;
}

/** Sets the value at a dotted path, making the objects on the way. */
export function writePath(tree: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let current = tree;
  for (const key of keys) {
    const next = current[key];
    if (isRecord(next)) current = next;
    else {
      const made: Record<string, unknown> = {};
      current[key] = made;
      current = made;
    }
  }
  current[last] = value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
