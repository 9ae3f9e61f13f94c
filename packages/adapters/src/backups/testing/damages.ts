import { cp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE_FILE, BLOBS_FILE, type Layout, MANIFEST_FILE, SERVER_MANIFEST_FILE } from '../layout.ts';

/** A backup of at least three objects that something happens to, and another one in the same repository. */
export interface DamageScene {
  readonly layout: Layout;
  readonly id: string;
  readonly otherId: string;
}

type Damage = readonly [name: string, damage: (scene: DamageScene) => Promise<unknown>];

const within = ({ layout, id }: DamageScene, name: string) => join(layout.backup(id), name);

/** What may become of a backup while nobody looks. */
export const DAMAGES: readonly Damage[] = [
  ...[BASE_FILE, SERVER_MANIFEST_FILE, BLOBS_FILE, MANIFEST_FILE].flatMap((name): Damage[] => [
    [`a bit of ${name}`, (scene) => flip(within(scene, name))],
    [`the end of ${name}`, (scene) => shorten(within(scene, name))],
    [`something behind ${name}`, (scene) => lengthen(within(scene, name))],
    [`no ${name}`, (scene) => rm(within(scene, name))],
  ]),
  ['two files swapped', (scene) => swap(within(scene, BLOBS_FILE), within(scene, SERVER_MANIFEST_FILE))],
  ['a count of the manifest', (scene) => edit(within(scene, MANIFEST_FILE), /"count": \d/, '"count": 2')],
  ['a time of the manifest', (scene) => edit(within(scene, MANIFEST_FILE), /"cutAt": "2/, '"cutAt": "1')],
  ['the manifest of another backup', (scene) => takeOver(scene, MANIFEST_FILE)],
  ['the rows of another backup', (scene) => takeOver(scene, BASE_FILE)],
  ['a bit of an object', async (scene) => flip(await someBlob(scene))],
  ['the end of an object', async (scene) => shorten(await someBlob(scene))],
  ['an object that is missing', async (scene) => rm(await someBlob(scene))],
  ['a directory in place of an object', async (scene) => becomeDirectory(await someBlob(scene), scene)],
];

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

async function shorten(path: string): Promise<void> {
  await truncate(path, (await stat(path)).size - 1);
}

async function lengthen(path: string): Promise<void> {
  await writeFile(path, Buffer.concat([await readFile(path), Buffer.from('x')]));
}

async function edit(path: string, from: RegExp, to: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(from, to));
}

async function swap(one: string, two: string): Promise<void> {
  await rename(one, `${one}.aside`);
  await rename(two, one);
  await rename(`${one}.aside`, two);
}

async function takeOver(scene: DamageScene, name: string): Promise<void> {
  await cp(join(scene.layout.backup(scene.otherId), name), within(scene, name));
}

/** One that the backup holds, and not an empty one. */
async function someBlob({ layout, id }: DamageScene): Promise<string> {
  const lines = (await readFile(join(layout.backup(id), BLOBS_FILE), 'utf8')).split('\n');
  const version = lines.map((line) => line.split('\t')).find(([, bytes]) => Number(bytes) > 0)?.[0];
  if (version === undefined) throw new Error('the backup holds no bytes');
  return layout.blob(version);
}

async function becomeDirectory(path: string, { layout }: DamageScene): Promise<void> {
  await rm(path);
  await cp(layout.incoming, path, { recursive: true });
  await readdir(path);
}
