import { S3Error } from '../../../access/sigv4/s3-error.ts';
import {
  type LifecycleConfiguration,
  type LifecycleFilter,
  type LifecycleRule,
  lifecycleSchema,
} from '../../../lifecycle/lifecycle-rules.ts';
import { parseXml, type XmlElement } from './parse-xml.ts';
import type { XmlTree } from './render-xml.ts';

/** Actions of AWS that move objects to another storage class. */
const TRANSITIONS = new Set(['Transition', 'NoncurrentVersionTransition']);

/**
 * Rules of a LifecycleConfiguration document.
 * @throws MalformedXML; NotImplemented for transitions; InvalidArgument or InvalidRequest naming the field that cannot be
 */
export function parseLifecycleDocument(source: string): LifecycleConfiguration {
  const root = parseXml(source);
  if (root.name !== 'LifecycleConfiguration' || root.children.some(({ name }) => name !== 'Rule')) throw new S3Error('MalformedXML');
  const parsed = lifecycleSchema.safeParse({ rules: root.children.map(parseRule) });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const text = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  const isValue = issue?.code === 'too_small' || issue?.code === 'too_big';
  // Ids that are not unique, and dates that are not midnight: S3 takes both for bad values, and other rules that do not fit for bad requests.
  if (isValue || (issue?.code === 'custom' && (issue.path.length === 1 || issue.path.at(-1) === 'date'))) {
    throw new S3Error('InvalidArgument', text);
  }
  if (issue?.code === 'custom') throw new S3Error('InvalidRequest', text);
  throw new S3Error('MalformedXML', text);
}

function parseRule(element: XmlElement): unknown {
  const parts = childrenOf(element, [
    'ID',
    'Status',
    'Prefix',
    'Filter',
    'Expiration',
    'NoncurrentVersionExpiration',
    'AbortIncompleteMultipartUpload',
  ]);
  const [filter, prefix] = [parts.get('Filter'), parts.get('Prefix')];
  // Old clients put a prefix beside the actions instead of a filter; one of the two has to be there.
  if ((filter === undefined) === (prefix === undefined)) throw new S3Error('MalformedXML');
  const expiration = parts.get('Expiration');
  const noncurrent = parts.get('NoncurrentVersionExpiration');
  const abort = parts.get('AbortIncompleteMultipartUpload');
  return {
    id: parts.get('ID')?.text.trim() || undefined,
    status: parts.get('Status')?.text.trim(),
    filter: filter === undefined ? prefixOf(prefix?.text) : parseFilter(filter),
    ...(expiration && { expiration: parseExpiration(expiration) }),
    ...(noncurrent && { noncurrentVersionExpiration: numbersOf(noncurrent, NONCURRENT) }),
    ...(abort && { abortIncompleteMultipartUpload: numbersOf(abort, { DaysAfterInitiation: 'daysAfterInitiation' }) }),
  };
}

const NONCURRENT = { NoncurrentDays: 'noncurrentDays', NewerNoncurrentVersions: 'newerNoncurrentVersions' };
const SIZES = { ObjectSizeGreaterThan: 'objectSizeGreaterThan', ObjectSizeLessThan: 'objectSizeLessThan' };

function parseExpiration(element: XmlElement): unknown {
  const parts = childrenOf(element, ['Days', 'Date', 'ExpiredObjectDeleteMarker']);
  const [count, date, marker] = ['Days', 'Date', 'ExpiredObjectDeleteMarker'].map((name) => parts.get(name)?.text.trim());
  return {
    ...(count !== undefined && { days: numberOf(count) }),
    ...(date !== undefined && { date }),
    ...(marker !== undefined && { expiredObjectDeleteMarker: marker === 'true' }),
  };
}

/** One condition, or several in an And. */
function parseFilter(element: XmlElement): unknown {
  const [first] = element.children;
  if (first?.name !== 'And') return element.children.length > 1 ? malformed() : parseConditions(element.children);
  return element.children.length > 1 || first.children.length < 2 ? malformed() : parseConditions(first.children);
}

function parseConditions(elements: readonly XmlElement[]): unknown {
  const pairs = elements.filter(({ name }) => name === 'Tag').map((tag) => childrenOf(tag, ['Key', 'Value']));
  const tags = new Map(pairs.map((pair) => [pair.get('Key')?.text ?? malformed(), pair.get('Value')?.text ?? malformed()]));
  if (tags.size !== pairs.length) throw new S3Error('InvalidRequest', 'Duplicate Tag Keys are not allowed.');
  const rest = { name: 'Filter', text: '', children: elements.filter(({ name }) => name !== 'Tag') };
  const parts = childrenOf(rest, ['Prefix', ...Object.keys(SIZES)]);
  const sizes = { ...rest, children: rest.children.filter(({ name }) => name !== 'Prefix') };
  return { ...prefixOf(parts.get('Prefix')?.text), ...(tags.size > 0 && { tags: Object.fromEntries(tags) }), ...numbersOf(sizes, SIZES) };
}

function prefixOf(prefix: string | undefined): LifecycleFilter {
  return prefix === undefined || prefix === '' ? {} : { prefix };
}

function numbersOf(element: XmlElement, names: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  const parts = childrenOf(element, Object.keys(names));
  return Object.fromEntries([...parts].map(([name, { text }]) => [names[name] ?? name, numberOf(text.trim())]));
}

function numberOf(text: string): number {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : malformed();
}

/** Elements with elements in them; all others hold text. */
const CONTAINERS = new Set(['Filter', 'And', 'Tag', 'Expiration', 'NoncurrentVersionExpiration', 'AbortIncompleteMultipartUpload']);

/** @throws MalformedXML for children that are repeated or not among `known`, or hold what they should not */
function childrenOf(element: XmlElement, known: readonly string[]): ReadonlyMap<string, XmlElement> {
  const parts = new Map<string, XmlElement>();
  for (const child of element.children) {
    if (TRANSITIONS.has(child.name))
      throw new S3Error('NotImplemented', 'There is one storage class only, so nothing can move to another.');
    const isForm = CONTAINERS.has(child.name) ? child.text.trim() === '' : child.children.length === 0;
    if (!isForm || parts.has(child.name) || !known.includes(child.name)) throw new S3Error('MalformedXML');
    parts.set(child.name, child);
  }
  return parts;
}

function malformed(): never {
  throw new S3Error('MalformedXML');
}

/** The document that {@link parseLifecycleDocument} reads. */
export function describeLifecycle({ rules }: LifecycleConfiguration): XmlTree {
  return { Rule: rules.map(describeRule) };
}

function describeRule(rule: LifecycleRule): XmlTree {
  const { expiration, noncurrentVersionExpiration: noncurrent, abortIncompleteMultipartUpload: abort } = rule;
  return {
    ID: rule.id,
    Filter: describeFilter(rule.filter),
    Status: rule.status,
    Expiration: expiration && {
      Days: expiration.days,
      Date: expiration.date,
      ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
    },
    NoncurrentVersionExpiration: noncurrent && {
      NoncurrentDays: noncurrent.noncurrentDays,
      NewerNoncurrentVersions: noncurrent.newerNoncurrentVersions,
    },
    AbortIncompleteMultipartUpload: abort && { DaysAfterInitiation: abort.daysAfterInitiation },
  };
}

function describeFilter({ prefix, tags, objectSizeGreaterThan, objectSizeLessThan }: LifecycleFilter): XmlTree {
  const pairs = Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  const conditions = { Prefix: prefix, Tag: pairs, ObjectSizeGreaterThan: objectSizeGreaterThan, ObjectSizeLessThan: objectSizeLessThan };
  const count = [prefix, ...pairs, objectSizeGreaterThan, objectSizeLessThan].filter((value) => value !== undefined).length;
  if (count === 0) return { Prefix: '' };
  return count === 1 ? conditions : { And: conditions };
}
