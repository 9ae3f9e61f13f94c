import { S3Error } from '../../../access/sigv4/s3-error.ts';

/** An element: either children or text, as the S3 documents are. */
export interface XmlElement {
  /** Without namespace prefix. */
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const MAX_DEPTH = 12;
/** More than ten thousand parts with all their checksums need; each takes many times the memory of its text. */
const MAX_ELEMENTS = 150_000;
const MAX_ENTITY_LENGTH = 12;
const NAMED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

const DECLARATION = /\s*<\?xml\s[^?<>]{0,200}\?>/y;
const COMMENT = /<!--(?:(?!--)[^])*-->/y;
const OPEN = /<([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const CLOSE = /<\/([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)\s*>/y;
const TEXT = /[^<]+/y;

interface OpenElement {
  readonly tag: string;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Parses the small XML documents that S3 clients send. There is no DTD, no processing instruction, no CDATA and no entity
 * but the five predefined ones, so nothing can expand or be fetched; time is linear in the input.
 * @throws MalformedXML for everything else.
 */
export function parseXml(source: string): XmlElement {
  const scanner = new Scanner(source.startsWith('\uFEFF') ? source.slice(1) : source);
  scanner.match(DECLARATION);
  const stack: OpenElement[] = [];
  let elements = 0;
  let root: XmlElement | null = null;
  const close = (element: OpenElement): void => {
    const done = finishElement(element);
    const parent = stack.at(-1);
    if (parent) parent.children.push(done);
    else root = done;
  };
  while (!scanner.atEnd) {
    if (scanner.match(COMMENT)) continue;
    const text = scanner.match(TEXT);
    if (text) {
      addText(stack.at(-1), text[0]);
      continue;
    }
    const end = scanner.match(CLOSE);
    if (end) {
      const open = stack.pop();
      if (!open || open.tag !== end[1]) throw new S3Error('MalformedXML');
      close(open);
      continue;
    }
    const start = scanner.match(OPEN);
    elements += 1;
    if (!start?.[1] || root !== null || stack.length >= MAX_DEPTH || elements > MAX_ELEMENTS) throw new S3Error('MalformedXML');
    const element: OpenElement = { tag: start[1], children: [], text: '' };
    if (start[3] === '/') close(element);
    else stack.push(element);
  }
  if (root === null || stack.length > 0) throw new S3Error('MalformedXML');
  return root;
}

class Scanner {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  get atEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }
}

function addText(element: OpenElement | undefined, raw: string): void {
  if (element) element.text += raw;
  else if (raw.trim() !== '') throw new S3Error('MalformedXML');
}

function finishElement({ tag, children, text }: OpenElement): XmlElement {
  if (children.length > 0 && text.trim() !== '') throw new S3Error('MalformedXML');
  return { name: tag.slice(tag.indexOf(':') + 1), children, text: children.length > 0 ? '' : decodeEntities(text) };
}

/** One after the other: a regular expression would collect a million of them before it looks at the first. */
function decodeEntities(source: string): string {
  const text = source.replaceAll('\r\n', '\n');
  let [decoded, at] = ['', 0];
  for (let start = text.indexOf('&'); start !== -1; start = text.indexOf('&', at)) {
    const end = text.indexOf(';', start);
    const name = end === -1 || end - start > MAX_ENTITY_LENGTH ? '' : text.slice(start + 1, end);
    const char = NAMED.get(name) ?? decodeNumeric(name);
    if (char === undefined) throw new S3Error('MalformedXML');
    decoded += text.slice(at, start) + char;
    at = end + 1;
  }
  return decoded + text.slice(at);
}

function decodeNumeric(name: string): string | undefined {
  const match = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
  if (!match) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  const legal = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return legal ? String.fromCodePoint(code) : undefined;
}
