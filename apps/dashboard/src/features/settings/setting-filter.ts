import type { Setting } from '@supastor/contract/wire/setting';

export const SOURCE_KINDS = ['default', 'dotenv', 'yaml', 'env', 'flag'] as const;
const CHOICES = [...SOURCE_KINDS, 'set'] as const;
type SourceChoice = (typeof CHOICES)[number];

export interface SettingFilter {
  readonly q?: string;
  /** A kind of source, or `set` for all but defaults. */
  readonly source?: SourceChoice;
}

/** What an address says of the filter. */
export function parseSettingFilter(search: Readonly<Record<string, unknown>>): SettingFilter {
  const q = typeof search['q'] === 'string' ? search['q'].trim().slice(0, 100) : '';
  const source = CHOICES.find((choice) => choice === search['source']);
  return { ...(q !== '' && { q }), ...(source && { source }) };
}

/** Settings that hold every word of the search in path, description or value. */
export function filterSettings(settings: readonly Setting[], { q = '', source }: SettingFilter): readonly Setting[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return settings.filter((setting) => {
    const kind = setting.source.kind;
    if (source === 'set' ? kind === 'default' : source !== undefined && source !== kind) return false;
    const text = `${setting.path} ${setting.description} ${setting.value ?? ''} ${setting.source.name ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** In the order they come, by the first part of their path. */
export function bySection(settings: readonly Setting[]): readonly (readonly [string, readonly Setting[]])[] {
  return [...Map.groupBy(settings, ({ path }) => path.split('.')[0] ?? '')];
}
