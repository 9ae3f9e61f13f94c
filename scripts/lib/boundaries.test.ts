import { expect, test } from 'vitest';
import { findViolations } from './boundaries.ts';

const check = (path: string, source: string) => findViolations([{ path, source }]).map(({ line, specifier }) => `${line} ${specifier}`);

test('core may import contract and pure Node modules only', () => {
  const source = `import { z } from 'zod';\nimport { a } from '@supastor/contract/errors';\nimport { readFile } from 'node:fs/promises';\nimport pg from 'pg';\nimport { b } from '@supastor/adapters/db/pool';\n`;
  expect(check('packages/core/src/stack/plan.ts', source)).toEqual(['3 node:fs/promises', '4 pg', '5 @supastor/adapters/db/pool']);
});

test('dynamic imports, re-exports and bare imports count', () => {
  const source = `export { x } from '@supastor/core/x';\nimport '@supastor/core/y';\nconst z = await import('@supastor/core/z');\n`;
  expect(check('apps/dashboard/src/main.ts', source)).toHaveLength(3);
});

test('storage-api shares telemetry and config-files only', () => {
  const source = `import { a } from '@supastor/adapters/telemetry/logger';\nimport { b } from '@supastor/adapters/storage/client';\n`;
  expect(check('apps/storage-api/src/app.ts', source)).toEqual(['2 @supastor/adapters/storage/client']);
});

test('an app cannot reach another app by a relative path', () => {
  expect(check('apps/cli/src/main.ts', `import { a } from '../../admin-api/src/app.ts';\n`)).toEqual(['1 ../../admin-api/src/app.ts']);
});

test('a feature of the dashboard cannot import another', () => {
  expect(check('apps/dashboard/src/features/objects/a.ts', `import { b } from '../buckets/b.ts';\n`)).toHaveLength(1);
});

test('tests may use testkit, product code may not', () => {
  const source = `import { a } from '@supastor/testkit/harness/temp-dir';\n`;
  expect(check('apps/cli/src/a.test.ts', source)).toEqual([]);
  expect(check('apps/cli/src/a.ts', source)).toHaveLength(1);
});

test('catch-all folder names are refused', () => {
  expect(check('apps/cli/src/utils/a.ts', '')).toEqual(['1 apps/cli/src/utils']);
});
