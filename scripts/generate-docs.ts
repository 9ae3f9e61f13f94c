import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderConfigJsonSchema } from '@supastor/contract/config/json-schema';
import { renderConfigReference } from '@supastor/contract/config/reference';
import { VERSION } from '@supastor/contract/version';
import { renderGraphqlSchema } from '@supastor/contract/operations/graphql-sdl';
import { renderOpenApi } from '@supastor/core/operations/openapi';
import { renderPermissionReference } from '@supastor/core/operations/permission-reference';
import { renderOperationReference } from '@supastor/core/operations/reference';
import { renderStorageOpenApi } from '../apps/storage-api/src/http/documentation/document.ts';
import { renderCliReference } from './lib/cli-reference.ts';
import { renderErrorReference } from './lib/error-reference.ts';

/** Writes docs/reference from the schemas; with --check, fails when a page on disk differs. */
const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'config.md': renderConfigReference,
  'config.schema.json': () => toJson(renderConfigJsonSchema()),
  'operations.md': renderOperationReference,
  'permissions.md': renderPermissionReference,
  'openapi.json': () => toJson(renderOpenApi({ version: VERSION })),
  'storage-openapi.json': async () => toJson(await renderStorageOpenApi(VERSION)),
  'schema.graphql': renderGraphqlSchema,
  'errors.md': renderErrorReference,
  'cli.md': renderCliReference,
};

const folder = join(import.meta.dirname, '..', 'docs', 'reference');
const check = process.argv.includes('--check');
mkdirSync(folder, { recursive: true });
const stale: string[] = [];
for (const [name, render] of Object.entries(PAGES)) {
  const path = join(folder, name);
  const wanted = `${(await render()).trimEnd()}\n`;
  if (readOrNull(path) === wanted) continue;
  if (!check) writeFileSync(path, wanted);
  stale.push(name);
}
process.stdout.write(stale.length === 0 ? 'docs/reference is up to date\n' : `${check ? 'out of date' : 'written'}: ${stale.join(', ')}\n`);
if (check && stale.length > 0) {
  process.stdout.write('run `npm run docs` and commit the result\n');
  process.exit(1);
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
