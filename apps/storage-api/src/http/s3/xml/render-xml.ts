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
  if (PLAIN.test(text)) return text;
  return text.toWellFormed().replaceAll(UNSAFE, (char) => ENTITIES[char] ?? '\uFFFD');
}

/** Most texts of a listing; telling them apart is much cheaper than replacing nothing in them. */
const PLAIN = /^[\w ./:()-]*$/;
const UNSAFE = /[&<>"'\r\n\t]|[^\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

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
  if (typeof value === 'string') return escapeXml(value);
  if (typeof value !== 'object') return String(value);
  let text = '';
  for (const name in value) text += renderElement(name, value[name]);
  return text;
}

function renderElement(name: string, value: XmlValue): string {
  if (value === null || value === undefined) return '';
  if (!isList(value)) return `<${name}>${renderValue(value)}</${name}>`;
  let text = '';
  for (const item of value) text += renderElement(name, item);
  return text;
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}
