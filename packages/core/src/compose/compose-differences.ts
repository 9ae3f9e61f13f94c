import { type ConfigNode, entryOf, toPlain } from '../config/node.ts';
import type { ComposeExport } from './export-compose.ts';
import type { Place } from './import-findings.ts';
import type { ComposeSource } from './read-compose.ts';

/** A field of a service that is not as the settings would make it. */
export interface Difference {
  readonly place: Place & { readonly service: string };
  /** What the file says; undefined when it says nothing. */
  readonly value: unknown;
}

/** What a compose file says otherwise than an export would, service by service. */
export function differencesOf({ root, services }: ComposeSource, { document }: ComposeExport): readonly Difference[] {
  const found: Difference[] = [];
  for (const { key, at, value } of services) {
    const expected = document.services[key];
    if (expected === undefined) found.push({ place: { service: key, field: '', at }, value: toPlain(value) });
    else compare({ service: key, field: '', at }, value, unescapeAll(expected), found);
  }
  const start = entryOf(root, 'services')?.at ?? null;
  const missing = Object.keys(document.services).filter((name) => !services.some(({ key }) => key === name));
  return [...found, ...missing.map((service) => ({ place: { service, field: '(it is not there)', at: start }, value: undefined }))];
}

/** Labels are made anew whatever they were. */
const IGNORED = ['labels'];

function compare(place: Difference['place'], node: ConfigNode, expected: unknown, found: Difference[]): void {
  if (node.kind !== 'map' || !isTree(expected)) {
    if (same(toPlain(node), expected)) return;
    found.push({ place, value: toPlain(node) });
    return;
  }
  const inside = (key: string) => (place.field === '' ? key : `${place.field}.${key}`);
  for (const { key, at, value } of node.entries) {
    if (place.field === '' && IGNORED.includes(key)) continue;
    if (expected[key] === undefined) found.push({ place: { ...place, field: inside(key), at }, value: toPlain(value) });
    else compare({ ...place, field: inside(key), at }, value, expected[key], found);
  }
  for (const key of Object.keys(expected)) {
    if (IGNORED.includes(inside(key)) || entryOf(node, key) !== undefined) continue;
    found.push({ place: { ...place, field: inside(key) }, value: undefined });
  }
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As compose sees it: a number may be a text. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(asTexts(a)) === JSON.stringify(asTexts(b));
}

function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (isTree(value))
    return Object.entries(value)
      .map(([key, entry]) => [key, asTexts(entry)])
      .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return String(value);
}

function unescapeAll(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$$', () => '$');
  if (Array.isArray(value)) return value.map(unescapeAll);
  return isTree(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unescapeAll(entry)])) : value;
}
