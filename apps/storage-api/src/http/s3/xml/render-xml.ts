/** Element content: text, a number, a flag, null (left out), or nested elements; an array repeats the element. */
type XmlValue = string | number | boolean | null | undefined | XmlTree | readonly XmlValue[];
export interface XmlTree {
  readonly [name: string]: XmlValue;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A success document in AWS's namespace, as SDKs expect it. */
export function renderDocument(root: string, content: XmlTree | string): string {
  return `${DECLARATION}<${root} xmlns="${NAMESPACE}">${renderValue(content)}</${root}>`;
}

/** A document without a namespace: on errors one would hide the code from some SDKs. */
export function renderBare(root: string, content: XmlTree): string {
  return `${DECLARATION}<${root}>${renderValue(content)}</${root}>`;
}

/**
 * Escapes text for XML. Characters that XML 1.0 cannot carry become U+FFFD; clients that need such keys ask for
 * `encoding-type=url`.
 */
export function escapeXml(text: string): string {
  return text.toWellFormed().replaceAll(/[&<>"'\r\n\t]|[^\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, (char) => {
    const entity = ENTITIES[char];
    return entity ?? '\uFFFD';
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

function renderValue(value: XmlTree | string | number | boolean): string {
  if (typeof value !== 'object') return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, child]) => renderElement(name, child))
    .join('');
}

function renderElement(name: string, value: XmlValue): string {
  if (value === null || value === undefined) return '';
  if (isList(value)) return value.map((item) => renderElement(name, item)).join('');
  return `<${name}>${renderValue(value)}</${name}>`;
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}
