import { SupastorError } from '@supastor/contract/errors';
import type { SettingEdit } from '@supastor/core/settings/settings-file.port';
import { isAlias, isMap, isScalar, parseDocument, stringify, type Document, type Pair } from 'yaml';

/**
 * The text of a configuration file with one value set or taken out. Where it can be done in a line of its own, nothing else of the
 * text changes; otherwise the document is written anew, with its comments.
 * @throws SJ_CONFLICT when the place is reached through an alias, or comments would be lost
 */
export function editYaml(text: string, { environment, path, value }: SettingEdit): string {
  const keys = ['environments', environment, ...path.split('.')];
  const document = parseDocument(text);
  refuseAliases(document, keys);
  const wanted = parseDocument(text);
  apply(wanted, keys, value);
  const spliced = value === undefined ? cutLine(text, document, keys) : putLine(text, { document, keys, value });
  if (spliced !== null && isSame(parseDocument(spliced), wanted)) return spliced;
  const rewritten = wanted.toString({ lineWidth: 0 });
  const kept = new Set(commentsOf(rewritten));
  if (commentsOf(text).every((comment) => kept.has(comment))) return rewritten;
  throw new SupastorError('SJ_CONFLICT', `${path} cannot be written into the file without losing comments; nothing was changed`, {
    hint: 'Change it by hand.',
  });
}

function isSame(one: Document, other: Document): boolean {
  return one.errors.length === 0 && plain(one) === plain(other);
}

/** The values in an order of their own. A block without entries is as good as none. */
function plain(document: Document): string {
  return JSON.stringify(document.toJS(), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
    return entries.length === 0 ? null : Object.fromEntries(entries);
  });
}

function commentsOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (line.includes('#') ? [line.slice(line.indexOf('#')).trim()] : []));
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
  if (value === undefined) return void document.deleteIn(keys);
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

/** Replaces a scalar where it stands, or adds a line at the beginning of the block that it belongs to. */
function putLine(text: string, { document, keys, value }: Place): string | null {
  const node = document.getIn(keys, true);
  if (isScalar(node) && node.value !== null) {
    if (!node.range || node.anchor !== undefined) return null;
    return text.slice(0, node.range[0]) + inline(value) + text.slice(node.range[1]);
  }
  if (node !== undefined) return null;
  const depth = deepestBlock(document, keys);
  if (depth === null) return null;
  const head = findPair(document, keys.slice(0, depth));
  if (head === null || !isScalar(head.key) || !head.key.range) return null;
  const end = text.indexOf('\n', head.key.range[1]);
  const indent = indentBelow(text, { head, end });
  if (indent === null) return null;
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  const last = keys.length - depth - 1;
  const lines = keys.slice(depth).map((key, index) => `${indent}${'  '.repeat(index)}${key}:${index === last ? ` ${inline(value)}` : ''}`);
  const added = lines.map((line) => `${line}${lineBreak}`).join('');
  return end === -1 ? `${text}${lineBreak}${added}` : text.slice(0, end + 1) + added + text.slice(end + 1);
}

/** How many of the keys lead to a block that lines can be added to: one with entries below each other, or without any. */
function deepestBlock(document: Document, keys: readonly string[]): number | null {
  for (let length = keys.length - 1; length >= 2; length -= 1) {
    const group = document.getIn(keys.slice(0, length), true);
    if (group === undefined) continue;
    if (isScalar(group) && group.value === null) return length;
    return isMap(group) && group.flow !== true && group.items.length > 0 ? length : null;
  }
  return null;
}

function findPair(document: Document, keys: readonly string[]): Pair | null {
  const parent = document.getIn(keys.slice(0, -1), true);
  if (!isMap(parent) || parent.flow === true) return null;
  return parent.items.find(({ key }) => isScalar(key) && key.value === keys.at(-1)) ?? null;
}

interface Head {
  readonly head: Pair;
  /** Where its line ends; -1: it is the last. */
  readonly end: number;
}

/** How far lines below a key are indented: as the first of them, also when that is a comment. */
function indentBelow(text: string, { head, end }: Head): string | null {
  if (!isScalar(head.key) || !head.key.range) return null;
  const own = text.slice(text.lastIndexOf('\n', head.key.range[0] - 1) + 1, head.key.range[0]);
  if (!/^ *$/.test(own)) return null;
  const first = isMap(head.value) ? head.value.items[0]?.key : null;
  if (isScalar(first) && first.range) {
    const indent = text.slice(text.lastIndexOf('\n', first.range[0] - 1) + 1, first.range[0]);
    return /^ *$/.test(indent) ? indent : null;
  }
  const comment = end === -1 ? null : /^( *)#/.exec(text.slice(end + 1));
  const found = comment?.[1] ?? '';
  return found.length > own.length ? found : `${own}  `;
}

/** Takes the line of a scalar out. */
function cutLine(text: string, document: Document, keys: readonly string[]): string | null {
  const pair = findPair(document, keys);
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
