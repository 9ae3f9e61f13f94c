import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findViolations } from './lib/boundaries.ts';

const root = join(import.meta.dirname, '..');
const files = globSync('{apps,packages}/*/src/**/*.{ts,tsx}', { cwd: root }).filter((path) => !path.includes('node_modules'));
const violations = findViolations(files.map((path) => ({ path, source: readFileSync(join(root, path), 'utf8') })));
for (const { path, line, specifier, reason } of violations) process.stdout.write(`${path}:${line}: ${specifier}: ${reason}\n`);
process.stdout.write(`${files.length} files, ${violations.length} boundary violations\n`);
process.exit(violations.length === 0 ? 0 : 1);
