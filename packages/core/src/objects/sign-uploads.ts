import { SupastorError } from '@supastor/contract/errors';
import type { SignedLink, StorageAdmin } from './storage-admin.port.ts';

const PARALLEL = 8;

export interface SignUploadsRequest {
  readonly bucket: string;
  readonly paths: readonly string[];
  readonly overwrite: boolean;
}

/** Upload URLs in the order of the paths. A path that is refused (taken, malformed) carries its error; failures of the server are thrown. */
export async function signUploads(
  { bucket, paths, overwrite }: SignUploadsRequest,
  storage: Pick<StorageAdmin, 'signUpload'>,
  signal: AbortSignal,
): Promise<SignedLink[]> {
  const links: SignedLink[] = [];
  for (let start = 0; start < paths.length; start += PARALLEL) {
    const batch = paths.slice(start, start + PARALLEL);
    links.push(
      ...(await Promise.all(
        batch.map(async (path): Promise<SignedLink> => {
          try {
            return { path, url: await storage.signUpload(bucket, path, overwrite, signal), error: null };
          } catch (error) {
            if (!isRefusal(error)) throw error;
            return { path, url: null, error: error.message };
          }
        }),
      )),
    );
  }
  return links;
}

function isRefusal(error: unknown): error is SupastorError {
  return error instanceof SupastorError && (error.code === 'SJ_CONFLICT' || error.code === 'SJ_INPUT_INVALID');
}
