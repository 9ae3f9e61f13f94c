import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLiteralTexts } from './lib/literal-texts.ts';

/** Files of examples, which are the same in every language. */
const EXAMPLES: readonly string[] = ['features/home/snippet-text.ts'];

const root = join(import.meta.dirname, '..');
const files = globSync('apps/dashboard/src/**/*.{ts,tsx}', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.includes('.test.') && !path.startsWith('apps/dashboard/src/messages/'))
  .filter((path) => !EXAMPLES.some((file) => path === `apps/dashboard/src/${file}`));
const texts = files.flatMap((path) => findLiteralTexts({ path, source: readFileSync(join(root, path), 'utf8') }));
for (const { path, line, text } of texts) process.stdout.write(`${path}:${line}: "${text}" belongs into the messages\n`);
process.stdout.write(`${files.length} files, ${texts.length} literal texts\n`);
process.exitCode = texts.length === 0 ? 0 : 1;
