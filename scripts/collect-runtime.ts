import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';

/**
 * Copies what a built server needs to run and nothing else: its bundle, and the packages that were kept out of it with all they
 * depend on. Usage: collect-runtime.ts <target> <storage-api|admin-api|meta>
 */
const root = join(import.meta.dirname, '..');
const DIST: Readonly<Record<string, string>> = {
  'storage-api': 'apps/storage-api/dist',
  'admin-api': 'apps/admin-api/dist',
  meta: 'packages/adapters/dist',
};
/** Modules that a bundle still names: what comes with Node is left out later. */
const SPECIFIER = /(?:\bfrom|\bimport|\brequire(?:\.resolve)?\(|\bimport\(|\bimport\.meta\.resolve\()\s*["'`]([^"'`./][^"'`\s]*)["'`]/g;

const [target = '', service = ''] = process.argv.slice(2);
const dist = DIST[service];
if (target === '' || dist === undefined) {
  process.stderr.write(`usage: collect-runtime.ts <target> <${Object.keys(DIST).join('|')}>\n`);
  process.exit(2);
}

mkdirSync(target, { recursive: true });
cpSync(join(root, dist), join(target, 'dist'), { recursive: true });
writeFileSync(join(target, 'package.json'), `${JSON.stringify({ name: `@supastor/${service}`, private: true, type: 'module' })}\n`);
const copied = new Set<string>();
for (const name of namedPackages()) copyPackage(name, root);
process.stdout.write(`${service}: ${copied.size} packages\n`);

function namedPackages(): readonly string[] {
  const files = globSync('**/*.js', { cwd: join(root, dist ?? '') });
  const texts = files.map((file) => readFileSync(join(root, dist ?? '', file), 'utf8'));
  const names = texts.flatMap((text) => [...text.matchAll(SPECIFIER)].map(([, specifier = '']) => packageOf(specifier)));
  return [...new Set(names)].filter((name) => !isBuiltin(name) && !name.startsWith('node:')).toSorted();
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Copies a package to the same place, and then what it needs. What is optional may be absent. */
function copyPackage(name: string, from: string): void {
  const source = findPackage(name, from);
  if (source === null || copied.has(source)) return;
  copied.add(source);
  const place = join(target, relative(root, source));
  cpSync(source, place, {
    recursive: true,
    dereference: true,
    filter: (path) => path === source || !path.slice(source.length).includes('node_modules'),
  });
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = readManifest(source);
  for (const needed of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) copyPackage(needed, source);
}

/** As Node looks for it: in the node_modules of every folder on the way up. */
function findPackage(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(join(found, 'package.json'))) return found;
    if (folder === root || folder === dirname(folder)) return null;
  }
}

type Names = Readonly<Record<string, string>>;
interface Manifest {
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly peerDependencies?: Names;
}

function readManifest(folder: string): Manifest {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return manifest;
}
