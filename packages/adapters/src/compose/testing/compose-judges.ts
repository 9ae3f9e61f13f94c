import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

/** The schema of the Compose Specification, as the linter of compose files carries it. */
const schemaPath = join(dirname(createRequire(import.meta.url).resolve('dclint/package.json')), 'schemas', 'compose.schema.json');
// It names its dialect with https, where the validator has http.
const { $schema: _dialect, ...schema } = JSON.parse(readFileSync(schemaPath, 'utf8'));
const judge = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);

/** What the public schema of compose files has against a text; empty when nothing. */
export function schemaProblems(yaml: string): readonly string[] {
  judge(parse(yaml, { merge: true }));
  return (judge.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

/** Why `docker compose` cannot be asked here; null when it can. */
export function whyNoCompose(): string | null {
  return spawnSync('docker', ['compose', 'version']).status === 0 ? null : '`docker compose` is not installed';
}

/** The file as `docker compose` understands it. @throws with what it said */
export function composeConfig(path: string): ComposeConfig {
  const { status, stdout, stderr } = spawnSync('docker', ['compose', '-f', path, 'config', '--format', 'json'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker compose config: ${stderr}`);
  // What it prints is a compose file again, with its dollar signs escaped.
  const config: ComposeConfig = JSON.parse(stdout.replaceAll('$$', () => '$'));
  return config;
}

interface ComposeConfig {
  readonly name: string;
  readonly services: Readonly<
    Record<string, { readonly environment?: Readonly<Record<string, string>>; readonly healthcheck?: { readonly test: readonly string[] } }>
  >;
}
