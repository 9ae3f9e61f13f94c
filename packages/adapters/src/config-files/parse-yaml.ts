import { SECRET_KEYS, type ConfigFile } from '@supastor/core/config/document';
import { codeFrame, isHiddenLine, mistake } from '@supastor/core/config/mistakes';
import type { ConfigEntry, ConfigNode, Position, Scalar } from '@supastor/core/config/node';
import type { Mistake } from '@supastor/core/config/source';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document } from 'yaml';

/** Nodes a document may expand to; stops aliases that multiply. */
const MAX_NODES = 20_000;

/** Stands in for messages of the parser that may repeat a part of a secret. */
const HIDDEN_REASON = 'YAML: this value cannot be parsed; put it into quotes';

/** Parses YAML into nodes with positions. Syntax errors become mistakes and leave `root` null. `file` is the name shown to people. */
export function parseYaml(text: string, file: string): ConfigFile {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const list = 'empty' in documents ? [] : documents;
  const at = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const report = (reason: string, { line, column }: Position): Mistake =>
    mistake(isHiddenLine(text, line, SECRET_KEYS) ? HIDDEN_REASON : reason, {
      file,
      line,
      column,
      frame: codeFrame(text, line, column, SECRET_KEYS),
    });
  const found = list.flatMap((document) => document.errors.map((error) => report(`YAML: ${lowerFirst(error.message)}`, at(error.pos[0]))));
  const broken = found.filter((one, index) => found.findIndex((other) => other.line === one.line) === index);
  const [first, second] = list;
  if (second) broken.push(report('YAML: only one document is expected in the file', at(second.range[0])));
  if (broken.length > 0) return { file, text, root: null, mistakes: broken };
  if (!first || first.contents === null) return { file, text, root: emptyMap(), mistakes: [] };
  const conversion = new Conversion(first, at);
  const root = conversion.convert(first.contents);
  const mistakes = conversion.problems.map(({ reason, position }) => report(reason, position));
  return { file, text, root: mistakes.length > 0 ? null : root, mistakes };
}

function lowerFirst(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replaceAll('\n', ' ').trim();
}

function emptyMap(): ConfigNode {
  return { kind: 'map', entries: [], at: { line: 1, column: 1 } };
}

/** One pass over one document; counts nodes so that aliases cannot make it grow without bound. */
class Conversion {
  readonly problems: { reason: string; position: Position }[] = [];
  readonly #document: Document;
  readonly #at: (offset: number) => Position;
  #nodes = 0;
  #depth = 0;

  constructor(document: Document, at: (offset: number) => Position) {
    this.#document = document;
    this.#at = at;
  }

  convert(node: unknown, fallback: Position = { line: 1, column: 1 }): ConfigNode {
    const position = this.#positionOf(node) ?? fallback;
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || this.#depth > 50) {
      if (this.problems.length === 0) this.problems.push({ reason: 'YAML: the document is too large or too deep', position });
      return { kind: 'scalar', value: null, at: position };
    }
    this.#depth += 1;
    const converted = this.#convertKnown(node, position);
    this.#depth -= 1;
    return converted;
  }

  #convertKnown(node: unknown, at: Position): ConfigNode {
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target) return { ...this.convert(target, at), at };
      this.problems.push({ reason: `YAML: nothing is anchored as "${node.source}"`, position: at });
    }
    if (isMap(node)) return { kind: 'map', entries: node.items.map((pair) => this.#entry(pair.key, pair.value, at)), at };
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.convert(item, at)), at };
    return { kind: 'scalar', value: isScalar(node) ? toScalar(node.value) : null, at };
  }

  #entry(key: unknown, value: unknown, fallback: Position): ConfigEntry {
    const at = this.#positionOf(key) ?? fallback;
    if (!isScalar(key)) this.problems.push({ reason: 'YAML: a key must be a plain text', position: at });
    return { key: isScalar(key) ? String(key.value) : '', at, value: this.convert(value, at) };
  }

  #positionOf(node: unknown): Position | null {
    if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return null;
    return node.range ? this.#at(node.range[0]) : null;
  }
}

function toScalar(value: unknown): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'bigint' ? Number(value) : JSON.stringify(value);
}
