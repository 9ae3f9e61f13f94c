import type { Dirent } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack, type Pack } from 'tar-stream';

/** What the images are built of. Nothing else is sent: no settings of a project, no secrets, no history. */
const SOURCES = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'scripts', 'packages', 'apps', 'deploy/images'];
/** Made from the sources, or private to a checkout. */
const LEFT_OUT = /^(?:node_modules|dist|\.tsbuild|\.supastor|\.cache|\.env.*|.*\.tsbuildinfo)$/;

/** The sources of a checkout as a tar stream. Equal sources give equal bytes, so that the engine knows its layers again. */
export function createBuildContext(root: string): Readable {
  const archive = pack();
  const fill = async () => {
    for (const path of SOURCES) await addPath(archive, root, path);
    archive.finalize();
  };
  fill().catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
  return Readable.from(archive, { objectMode: false });
}

async function addPath(archive: Pack, root: string, path: string): Promise<void> {
  const info = await stat(join(root, path));
  if (info.isDirectory()) {
    const entries = await readdir(join(root, path), { withFileTypes: true });
    for (const entry of entries.filter(isWanted).toSorted(byName)) await addPath(archive, root, `${path}/${entry.name}`);
    return;
  }
  const content = await readFile(join(root, path));
  await new Promise<void>((resolve, reject) => {
    archive.entry({ name: path, mode: info.mode & 0o777, mtime: new Date(0), uid: 0, gid: 0 }, content, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

function isWanted(entry: Dirent): boolean {
  return !LEFT_OUT.test(entry.name) && (entry.isFile() || entry.isDirectory());
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}
