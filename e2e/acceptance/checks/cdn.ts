import { failed, holds, like } from '../assert.ts';
import { check, Skip } from '../check.ts';
import type { Answer } from '../http.ts';
import type { World } from '../world.ts';

/** An order to purge. @throws Skip when the server has nothing to purge */
async function purge(world: World, path: string): Promise<Answer> {
  const answer = await world.request('DELETE', path, { json: {} });
  if (/FeatureNotEnabled|CDN_PURGE_ENDPOINT_URL/.test(answer.text)) throw new Skip('unsupported: no cache can be purged');
  return answer;
}

export const cdnChecks = [
  check('purging a cache is for the service role only', 'wire', async (world) => {
    const bucket = await world.bucket();
    for (const path of ['/cdn/', `/cdn/${bucket}`, `/cdn/${bucket}/a.txt`]) {
      const answer = await world.request('DELETE', path, { token: world.options.anonKey });
      failed(answer, { statusCode: '403', error: 'Unauthorized', code: 'AccessDenied' }, 403);
      failed(await world.request('DELETE', path, { token: null }), {
        code: 'InvalidRequest',
        message: "headers must have required property 'authorization'",
      });
    }
  }),

  check('an object, a bucket and everything can be purged, with or without its pictures', 'full', async (world) => {
    const bucket = await world.bucket();
    const paths = ['/cdn/', `/cdn/${bucket}`, `/cdn/${bucket}/a%20b/c.png`];
    for (const path of paths.flatMap((each) => [each, `${each}?transformations=true`])) {
      const answer = await purge(world, path);
      holds(answer.status === 200, `DELETE ${path} answers 200`, answer.text);
      like(answer.json(), { message: 'success' }, path);
    }
  }),

  check('purging refuses a flag that is neither true nor false', 'full', async (world) => {
    const answer = await purge(world, '/cdn/?transformations=perhaps');
    failed(answer, { code: 'InvalidRequest' });
  }),
];
