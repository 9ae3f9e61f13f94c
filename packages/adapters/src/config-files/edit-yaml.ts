import { SupastorError } from '@supastor/contract/errors';
import type { SettingEdit } from '@supastor/core/settings/settings-file.port';
import { isAlias, isMap, isPair, isScalar, parseDocument, stringify, type Document, type YAMLMap } from 'yaml';

/**
 * The text of a configuration file with one value set or taken out. Where it can be done in a line of its own, nothing else of the
 * text changes; otherwise the document is written anew, with its comments.
 * @throws SJ_CONFLICT when the place is reached through an alias
 */
export function editYaml(text: string, { environment, path, value }: SettingEdit): string {
  const keys = ['environments', environment, ...path.split('.')];
  const document = parseDocument(text);
  refuseAliases(document, keys);
  const wanted = parseDocument(text);
  apply(wanted, keys, value);
  const spliced = value === undefined ? cutLine(text, document, keys) : putLine(text, { document, keys, value });
  return spliced !== null && isSame(parseDocument(spliced), wanted) ? spliced : wanted.toString({ lineWidth: 0 });
}

function isSame(one: Document, other: Document): boolean {
  return one.errors.length === 0 && JSON.stringify(one.toJS()) === JSON.stringify(other.toJS());
}

/** The value of an alias is that of another place as well. */
function refuseAliases(document: Document, keys: readonly string[]): void {
  for (let length = 1; length <= keys.length; length += 1) {
    if (!isAlias(document.getIn(keys.slice(0, length), true))) continue;
    throw new SupastorError('SJ_CONFLICT', `${keys.slice(2).join('.')} is written with an alias (*name) in the file; nothing was changed`, {
      hint: 'Change it by hand: the value holds in other places too.',
    });
  }
}

function apply(document: Document, keys: readonly string[], value: unknown): void {
  if (value === undefined) {
    document.deleteIn(keys);
    // A block that is left empty goes too, but not the environment.
    for (let length = keys.length - 1; length > 2; length -= 1) {
      const group = document.getIn(keys.slice(0, length), true);
      if (isMap(group) && group.items.length === 0) document.deleteIn(keys.slice(0, length));
    }
    return;
  }
  for (let length = 1; length < keys.length; length += 1) {
    const group = keys.slice(0, length);
    if (!isMap(document.getIn(group, true))) document.setIn(group, document.createNode({}));
  }
  document.setIn(keys, value);
}

interface Place {
  readonly document: Document;
  readonly keys: readonly string[];
  readonly value: unknown;
}

/** Replaces a scalar where it stands, or adds a line at the end of the block that it belongs to. */
function putLine(text: string, { document, keys, value }: Place): string | null {
  const node = document.getIn(keys, true);
  if (isScalar(node) && node.range && node.anchor === undefined && node.value !== null) {
    return text.slice(0, node.range[0]) + inline(value) + text.slice(node.range[1]);
  }
  if (node !== undefined) return null;
  const depth = deepestBlock(document, keys);
  const block = depth === null ? null : document.getIn(keys.slice(0, depth), true);
  if (depth === null || !isMap(block)) return null;
  const indent = indentOf(text, block);
  const end = endOfBlock(text, block);
  if (indent === null || end === null) return null;
  const lines = keys
    .slice(depth)
    .map((key, index, all) => `${indent}${'  '.repeat(index)}${key}:${index === all.length - 1 ? ` ${inline(value)}` : ''}`);
  const before = text.slice(0, end);
  return `${before}${before.endsWith('\n') ? '' : '\n'}${lines.join('\n')}\n${text.slice(end)}`;
}

/** How many of the keys lead to a block that has entries already. */
function deepestBlock(document: Document, keys: readonly string[]): number | null {
  for (let length = keys.length - 1; length >= 2; length -= 1) {
    const group = document.getIn(keys.slice(0, length), true);
    if (group === undefined) continue;
    return isMap(group) && group.flow !== true && group.items.length > 0 ? length : null;
  }
  return null;
}

function indentOf(text: string, block: YAMLMap): string | null {
  const first = block.items[0]?.key;
  if (!isScalar(first) || !first.range) return null;
  const indent = text.slice(text.lastIndexOf('\n', first.range[0] - 1) + 1, first.range[0]);
  return /^ *$/.test(indent) ? indent : null;
}

/** Where the line ends that the last value of the block stands in. */
function endOfBlock(text: string, block: YAMLMap): number | null {
  const last = block.items.at(-1);
  const node = last?.value;
  const range = isScalar(node) || isMap(node) ? node.range : null;
  if (!range) return null;
  // A value that goes over lines may include the break after it.
  const at = text[range[1] - 1] === '\n' ? range[1] - 1 : range[1];
  const next = text.indexOf('\n', at);
  return next === -1 ? text.length : next + 1;
}

/** Takes the line of a scalar out, when others are left in its block. */
function cutLine(text: string, document: Document, keys: readonly string[]): string | null {
  const block = document.getIn(keys.slice(0, -1), true);
  if (!isMap(block) || block.flow === true || block.items.length < 2) return null;
  const pair = block.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === keys.at(-1));
  if (!pair || !isScalar(pair.key) || !isScalar(pair.value) || !pair.key.range || !pair.value.range) return null;
  const start = text.lastIndexOf('\n', pair.key.range[0] - 1) + 1;
  const next = text.indexOf('\n', pair.value.range[1]);
  return text.slice(0, start) + (next === -1 ? '' : text.slice(next + 1));
}

/** A value on one line, also inside of brackets. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'string') return String(value);
  return /^[\w./@+-]+$/.test(value) ? stringify(value, { lineWidth: 0 }).trimEnd() : JSON.stringify(value);
}
