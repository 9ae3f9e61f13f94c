import { baseName, parentPrefix, toPrefix } from '../paths.ts';
import type { Row } from '../rows.ts';
import type { Messages } from '../../../messages/messages.ts';

export type TransferVerb = 'move' | 'copy';

export interface TransferStep {
  readonly from: string;
  readonly to: string;
}

export interface TransferPlan {
  readonly objects: readonly TransferStep[];
  /** Prefixes; each is a job of its own. */
  readonly folders: readonly TransferStep[];
}

/** What to begin typing from: the path of a single row, for a copy under a free name; the folder they lie in for several. */
export function startText(rows: readonly Row[], verb: TransferVerb, copySuffix: string): string {
  const [first] = rows;
  if (first === undefined) return '';
  if (rows.length > 1) return parentPrefix(first.key);
  if (verb === 'move') return first.key;
  if (first.kind === 'folder') return `${first.key.slice(0, -1)}${copySuffix}/`;
  const name = first.key.slice(first.key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  return `${parentPrefix(first.key)}${stem}${copySuffix}${dot > 0 ? name.slice(dot) : ''}`;
}

/**
 * Where each row goes. For a single row `text` is its new path, for several the folder they go into. What nobody has touched stays as
 * it is, slashes at its ends and all.
 */
export function planTransfer(rows: readonly Row[], text: string, start: string): TransferPlan {
  const single = rows.length === 1;
  const target = ({ kind, key }: Row) => {
    if (!single) return into(text === start ? start : toPrefix(text), key, kind);
    if (text === start) return start;
    return kind === 'folder' ? toPrefix(text) : text.trim().replace(/^\/+/, '');
  };
  const steps = (kind: Row['kind']) => rows.filter((row) => row.kind === kind).map((row) => ({ from: row.key, to: target(row) }));
  return { objects: steps('object'), folders: steps('folder') };
}

/** Why it cannot be done, in words for the field; empty when there is nothing to do yet, null when all is well. */
export function transferProblem(
  t: Messages['transfer']['problems'],
  { objects, folders }: TransferPlan,
  sameBucket: boolean,
): string | null {
  if (objects.some(({ to }) => to === '' || to.endsWith('/'))) return t.noName;
  if (!sameBucket) return null;
  if (folders.some(({ from, to }) => to !== from && to.startsWith(from))) return t.intoItself;
  return [...objects, ...folders].every(({ from, to }) => from === to) ? '' : null;
}

function into(prefix: string, key: string, kind: Row['kind']): string {
  return kind === 'folder' ? `${prefix}${baseName(key)}/` : prefix + key.slice(key.lastIndexOf('/') + 1);
}
