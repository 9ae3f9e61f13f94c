import { posix } from 'node:path';

export interface SourceFile {
  /** Path from the repository's root, with forward slashes. */
  readonly path: string;
  readonly source: string;
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly specifier: string;
  readonly reason: string;
}

interface Rule {
  /** Workspace packages this workspace may import; a trailing slash allows one folder of it. */
  readonly workspaces: readonly string[];
  /** Node's own modules that are allowed; null: all. */
  readonly node: readonly string[] | null;
  /** Packages from npm that are allowed; null: all that package.json names. */
  readonly packages: readonly string[] | null;
}

const PURE_NODE_MODULES = ['node:crypto', 'node:events', 'node:util', 'node:path'];

/** Who may import whom. The reasons are in ARCHITECTURE.md. Tests may use testkit as well. */
const RULES: Readonly<Record<string, Rule>> = {
  'packages/contract': { workspaces: [], node: [], packages: ['zod'] },
  'packages/core': { workspaces: ['@supastor/contract/'], node: PURE_NODE_MODULES, packages: ['zod'] },
  'packages/adapters': { workspaces: ['@supastor/contract/', '@supastor/core/'], node: null, packages: null },
  'packages/testkit': { workspaces: ['@supastor/contract/', '@supastor/core/'], node: null, packages: null },
  'apps/storage-api': {
    workspaces: [
      '@supastor/contract/',
      '@supastor/adapters/telemetry/',
      '@supastor/adapters/config-files/',
      '@supastor/adapters/postgres-tls/',
    ],
    node: null,
    packages: null,
  },
  'apps/admin-api': { workspaces: ['@supastor/contract/', '@supastor/core/', '@supastor/adapters/'], node: null, packages: null },
  'apps/cli': { workspaces: ['@supastor/contract/', '@supastor/core/', '@supastor/adapters/'], node: null, packages: null },
  'apps/dashboard': { workspaces: ['@supastor/contract/'], node: [], packages: null },
};

const TEST_FILE = /\.test\.tsx?$|\/test(ing)?\//;
const FORBIDDEN_FOLDERS = /(^|\/)(utils?|helpers?|common|misc)(\/|$)/;
const IMPORT =
  /(?:^|\n)[^\S\n]*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)[^\S\n]*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every import that crosses a boundary it must not cross, in file order. */
export function findViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const folder = FORBIDDEN_FOLDERS.test(posix.dirname(file.path))
      ? [{ path: file.path, line: 1, specifier: posix.dirname(file.path), reason: 'folders are named for what lives in them' }]
      : [];
    return [
      ...folder,
      ...readImports(file).flatMap(({ specifier, line }) => {
        const reason = judge(file.path, specifier);
        return reason === null ? [] : [{ path: file.path, line, specifier, reason }];
      }),
    ];
  });
}

function readImports({ source }: SourceFile): { specifier: string; line: number }[] {
  return [...source.matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    return { specifier, line: source.slice(0, (match.index ?? 0) + match[0].length).split('\n').length };
  });
}

function judge(path: string, specifier: string): string | null {
  const workspace = path.split('/').slice(0, 2).join('/');
  const rule = RULES[workspace];
  if (!rule) return 'this workspace has no rule; add one with an ADR';
  const isTest = TEST_FILE.test(path);
  if (specifier.startsWith('.')) return judgeRelative(path, specifier, workspace);
  if (specifier.startsWith('node:')) {
    return isTest || rule.node === null || rule.node.includes(specifier) ? null : `${workspace} stays free of ${specifier}`;
  }
  if (specifier.startsWith('@supastor/') || specifier === 'supastor') {
    if (isTest && specifier.startsWith('@supastor/testkit/')) return null;
    return rule.workspaces.some((allowed) => specifier.startsWith(allowed)) ? null : `${workspace} must not import ${specifier}`;
  }
  if (isTest || rule.packages === null) return null;
  return rule.packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
    ? null
    : `${workspace} must not use the package ${specifier}`;
}

function judgeRelative(path: string, specifier: string, workspace: string): string | null {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  if (!target.startsWith(`${workspace}/src/`) && !target.startsWith(`${workspace}/package.json`))
    return 'leaves its workspace by a relative path';
  const from = featureOf(path);
  const to = featureOf(target);
  return from !== null && to !== null && from !== to ? `features do not import each other (${from} -> ${to})` : null;
}

function featureOf(path: string): string | null {
  return /^apps\/dashboard\/src\/features\/([^/]+)\//.exec(path)?.[1] ?? null;
}
