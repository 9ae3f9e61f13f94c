import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { signMany } from './object-queries.ts';
import { chunk, downloadUrl } from './paths.ts';

const LINK_SECONDS = 900;
const SIGN_BATCH = 100;
const GAP_MS = 800;

/** Has the browser save objects, one after the other. The bytes come straight from storage. */
export async function downloadObjects(bucket: string, paths: readonly string[]): Promise<void> {
  for (const [batch, part] of chunk(paths, SIGN_BATCH).entries()) {
    const urls = await signMany(bucket, part, LINK_SECONDS);
    for (const [index, path] of part.entries()) {
      // A navigation that follows too soon would cancel the one before.
      if (batch + index > 0) await new Promise((resolve) => setTimeout(resolve, GAP_MS));
      save(downloadUrl(urls[index] ?? '', path));
    }
  }
}

/** Has the browser save a folder as a zip, which storage writes while it sends it. Returns how many objects are in it. */
export async function downloadFolder(bucket: string, folder: string): Promise<number> {
  const { url, objects } = await call(operations.objectsSignFolder, { bucket, folder, expiresInSeconds: LINK_SECONDS });
  save(url);
  return objects;
}

function save(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.rel = 'noreferrer';
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
}
