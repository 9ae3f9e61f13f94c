import { matches, same } from '../assert.ts';
import { check, Skip } from '../check.ts';

/** What every server of the protocol has, with the wildcard named as the original names it. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  '/bucket': ['get', 'post'],
  '/bucket/{bucketId}': ['delete', 'get', 'put'],
  '/bucket/{bucketId}/empty': ['post'],
  '/object/{bucketName}': ['delete'],
  '/object/{bucketName}/{wildcard}': ['delete', 'get', 'head', 'post', 'put'],
  '/object/copy': ['post'],
  '/object/move': ['post'],
  '/object/list/{bucketName}': ['post'],
  '/object/list-v2/{bucketName}': ['post'],
  '/object/sign/{bucketName}': ['post'],
  '/object/sign/{bucketName}/{wildcard}': ['get', 'post'],
  '/object/upload/sign/{bucketName}/{wildcard}': ['post', 'put'],
  '/object/public/{bucketName}/{wildcard}': ['get', 'head'],
  '/object/authenticated/{bucketName}/{wildcard}': ['get', 'head'],
  '/object/info/public/{bucketName}/{wildcard}': ['get'],
  '/render/image/public/{bucketName}/{wildcard}': ['get'],
  '/cdn/{bucketName}/{wildcard}': ['delete'],
};

export const documentationChecks = [
  check('the OpenAPI document is at /documentation/json, for everyone', 'wire', async (world) => {
    const answer = await world.request('GET', '/documentation/json', { token: null });
    if (answer.status === 404) throw new Skip('unsupported: the server shows no document');
    same(answer.status, 200, 'status');
    const document = asRecord(answer.json());
    matches(String(document['openapi']), /^3\.\d/, 'version of OpenAPI');
    const paths = asRecord(document['paths']);
    for (const [path, methods] of Object.entries(PATHS)) {
      const described = Object.keys(asRecord(paths[path] ?? paths[path.replace('{wildcard}', '{*}')]));
      same(
        methods.filter((method) => !described.includes(method)),
        [],
        `methods of ${path} that are not described`,
      );
    }
  }),
];

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
