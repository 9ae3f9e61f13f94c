import { stringify } from 'yaml';

/** Plain data as YAML, for people to read. */
export function renderYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
