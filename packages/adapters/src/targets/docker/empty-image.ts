import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { unlessMissing } from './engine.ts';
import { createArchive } from './archive.ts';

const REPOSITORY = 'supastor/nothing';
const TAG = '1';

/** An image with nothing in it, made on the spot: containers from it are never started, they only hold a volume or a name. */
export async function ensureEmptyImage(docker: Docker): Promise<string> {
  const name = `${REPOSITORY}:${TAG}`;
  if ((await unlessMissing(docker.getImage(name).inspect())) !== null) return name;
  const stream: unknown = await docker.importImage(Readable.from([await createArchive([])]), { repo: REPOSITORY, tag: TAG });
  if (stream instanceof Readable) for await (const _ of stream);
  return name;
}
