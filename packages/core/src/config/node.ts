/** Position of a piece of text; lines and columns count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Scalar = string | number | boolean | null;

/** A parsed document that still knows where everything stood. */
export type ConfigNode =
  | { readonly kind: 'scalar'; readonly value: Scalar; readonly at: Position }
  | { readonly kind: 'list'; readonly items: readonly ConfigNode[]; readonly at: Position }
  | { readonly kind: 'map'; readonly entries: readonly ConfigEntry[]; readonly at: Position };

export interface ConfigEntry {
  readonly key: string;
  readonly at: Position;
  readonly value: ConfigNode;
}

/** A node as plain data, without positions. */
export function toPlain(node: ConfigNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toPlain);
    default:
      return Object.fromEntries(node.entries.map((entry) => [entry.key, toPlain(entry.value)]));
  }
}

/** The value of `key` in a map; undefined when the node is no map or has no such key. */
export function entryOf(node: ConfigNode | null | undefined, key: string): ConfigEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

export function isNull(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}
