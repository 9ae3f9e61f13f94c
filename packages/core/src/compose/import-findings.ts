import { CONFIG_FIELDS, CONFIG_FIELDS_BY_PATH } from '@supastor/contract/config/fields';
import { Secret } from '@supastor/contract/secret';
import type { Position } from '../config/node.ts';

/** Where in a compose file something stands; `field` is within the service, and empty for all of it. */
export interface Place {
  readonly service: string | null;
  readonly field: string;
  readonly at: Position | null;
}

export interface Taken extends Place {
  /** The setting that it became. */
  readonly path: string;
  /** As it is shown: `***` for secrets. */
  readonly shown: unknown;
}

export interface LeftOut extends Place {
  readonly reason: string;
}

/** Collects what an import takes and what it leaves out. Values are checked against the configuration before they count. */
export class ImportFindings {
  readonly taken: Taken[] = [];
  readonly leftOut: LeftOut[] = [];
  /** Settings by path, as they are written down. Not secrets. */
  readonly settings = new Map<string, unknown>();
  /** Secrets by path. */
  readonly secrets = new Map<string, string>();
  readonly #places = new Map<string, Place>();

  /** Takes a value for a setting. What is no value of it, or is another one than was taken before, is left out. */
  take(place: Place, path: string, value: unknown): void {
    const field = CONFIG_FIELDS_BY_PATH.get(path);
    if (field === undefined) return this.leave(place, `there is no setting ${path} in this version`);
    const parsed = field.schema.safeParse(value);
    if (!parsed.success) return this.leave(place, `is no value of ${path}: ${parsed.error.issues[0]?.message ?? 'it is refused'}`);
    const before = this.#places.get(path);
    const isSecret = field.secret === true;
    const text = isSecret ? revealed(parsed.data) : null;
    const same = isSecret ? this.secrets.get(path) === text : JSON.stringify(this.settings.get(path)) === JSON.stringify(parsed.data);
    if (before !== undefined && !same) return this.leave(place, `differs from ${describePlace(before)}, which counts for ${path}`);
    if (before === undefined) this.#places.set(path, place);
    if (text !== null) this.secrets.set(path, text);
    else this.settings.set(path, parsed.data);
    this.taken.push({ ...place, path, shown: isSecret ? '***' : parsed.data });
  }

  /** Takes a value in place of one that was taken before. */
  replace(place: Place, path: string, value: unknown): void {
    this.#places.delete(path);
    const index = this.taken.findIndex((taken) => taken.path === path);
    if (index !== -1) this.taken.splice(index, 1);
    this.take(place, path, value);
  }

  leave(place: Place, reason: string): void {
    this.leftOut.push({ ...place, reason });
  }
}

export function describePlace({ service, field }: Place): string {
  return [service, field].filter((part) => part !== null && part !== '').join('.');
}

function revealed(value: unknown): string {
  return value instanceof Secret ? value.reveal() : String(value);
}

/** The setting that a variable of this name is for, among those below the prefixes. */
export function settingOf(variable: string, prefixes: readonly string[]): string | null {
  const field = CONFIG_FIELDS.find(
    ({ path, env }) => env?.includes(variable) === true && prefixes.some((prefix) => path.startsWith(prefix)),
  );
  return field?.path ?? null;
}
