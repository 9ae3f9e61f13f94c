import type { PathPayload } from './path-payloads.ts';
import type { RawRequest } from '@supastor/testkit/fuzz/raw-http';
import { SERVICE_TOKEN } from './server.ts';
import type { Stage } from './stage.ts';
import { tusMetadata } from './tus.ts';

type Door = (payload: PathPayload) => RawRequest;

const AUTH = { authorization: `Bearer ${SERVICE_TOKEN}` };
const JSON_HEADERS = { ...AUTH, 'content-type': 'application/json' };
const TUS = { ...AUTH, 'tus-resumable': '1.0.0', 'upload-length': '0' };

const inPath =
  (method: string, before: string, after = '', body?: string): Door =>
  ({ raw }) => ({
    method,
    path: `${before}${raw}${after}`,
    headers: body === undefined ? AUTH : { ...AUTH, 'content-type': 'text/plain' },
    ...(body === undefined ? {} : { body }),
  });
const inBody =
  (method: string, path: string, body: (text: string) => unknown): Door =>
  ({ text }) => ({
    method,
    path,
    headers: JSON_HEADERS,
    body: JSON.stringify(body(text)),
  });
const resumable =
  (fields: (text: string) => Record<string, string>): Door =>
  ({ text }) => ({
    method: 'POST',
    path: '/upload/resumable',
    headers: { ...TUS, 'upload-metadata': tusMetadata(fields(text)) },
  });

/** Every place of REST and of resumable uploads where a client names a bucket or an object. */
const REST_DOORS: Readonly<Record<string, Door>> = {
  'GET an object of a public bucket': inPath('GET', '/object/public/pub/'),
  'HEAD an object of a public bucket': inPath('HEAD', '/object/public/pub/'),
  'GET an object': inPath('GET', '/object/authenticated/priv/'),
  'GET an object below /storage/v1': inPath('GET', '/storage/v1/object/authenticated/priv/'),
  'GET an object without a door': inPath('GET', '/object/priv/'),
  'GET an object of the bucket': inPath('GET', '/object/public/', '/a.txt'),
  'GET a link': inPath('GET', '/object/sign/priv/', '?token=x'),
  'GET info': inPath('GET', '/object/info/priv/'),
  'GET info of a public bucket': inPath('GET', '/object/info/public/pub/'),
  'GET info of a member': inPath('GET', '/object/info/authenticated/priv/'),
  'download as': ({ raw }) => ({ method: 'GET', path: `/object/public/pub/a.txt?download=${raw.replaceAll(/[#&]/g, '')}`, headers: AUTH }),
  upload: inPath('POST', '/object/priv/', '', 'x'),
  'upload into the bucket': inPath('POST', '/object/', '/x', 'x'),
  replace: inPath('PUT', '/object/priv/', '', 'x'),
  'upload with a link': inPath('PUT', '/object/upload/sign/priv/', '?token=x', 'x'),
  'make a link to upload': inPath('POST', '/object/upload/sign/priv/'),
  delete: inPath('DELETE', '/object/priv/'),
  'make a link': ({ raw }) => ({ method: 'POST', path: `/object/sign/priv/${raw}`, headers: JSON_HEADERS, body: '{"expiresIn":60}' }),
  'GET a picture of a public bucket': inPath('GET', '/render/image/public/pub/', '?width=4'),
  'GET a picture': inPath('GET', '/render/image/authenticated/priv/', '?width=4'),
  'GET a picture with a link': inPath('GET', '/render/image/sign/priv/', '?token=x'),
  purge: inPath('DELETE', '/cdn/priv/'),
  'purge the bucket': inPath('DELETE', '/cdn/'),
  'GET the bucket': inPath('GET', '/bucket/'),
  'change the bucket': ({ raw }) => ({ method: 'PUT', path: `/bucket/${raw}`, headers: JSON_HEADERS, body: '{"public":true}' }),
  'empty the bucket': inPath('POST', '/bucket/', '/empty'),
  'delete the bucket': inPath('DELETE', '/bucket/'),
  'GET rules of the bucket': inPath('GET', '/bucket/', '/lifecycle'),
  'list the bucket': ({ raw }) => ({ method: 'POST', path: `/object/list/${raw}`, headers: JSON_HEADERS, body: '{"prefix":""}' }),
  'GET an access key': inPath('GET', '/s3-keys/'),
  'GET a run': inPath('GET', '/maintenance/runs/'),
  'make a bucket': inBody('POST', '/bucket', (text) => ({ name: text })),
  'make a bucket with an id': inBody('POST', '/bucket', (text) => ({ name: 'named', id: text })),
  'list a folder': inBody('POST', '/object/list/priv', (text) => ({ prefix: text })),
  'list and search': inBody('POST', '/object/list/priv', (text) => ({ prefix: '', search: text })),
  'list a prefix': inBody('POST', '/object/list-v2/priv', (text) => ({ prefix: text, with_delimiter: true })),
  'list behind': inBody('POST', '/object/list-v2/priv', (text) => ({ cursor: Buffer.from(`l:${text}`).toString('base64') })),
  'list versions': inBody('POST', '/object/list-v2/priv', (text) => ({ prefix: text, noncurrentVersions: 'include', exactMatch: true })),
  'copy from': inBody('POST', '/object/copy', (text) => ({ bucketId: 'priv', sourceKey: text, destinationKey: 'copied' })),
  'copy to': inBody('POST', '/object/copy', (text) => ({ bucketId: 'priv', sourceKey: 'a.txt', destinationKey: text })),
  'copy from the bucket': inBody('POST', '/object/copy', (text) => ({ bucketId: text, sourceKey: 'a.txt', destinationKey: 'copied' })),
  'copy into the bucket': inBody('POST', '/object/copy', (text) => ({
    bucketId: 'priv',
    sourceKey: 'a.txt',
    destinationBucket: text,
    destinationKey: 'copied',
  })),
  'move from': inBody('POST', '/object/move', (text) => ({ bucketId: 'priv', sourceKey: text, destinationKey: 'moved' })),
  'move to': inBody('POST', '/object/move', (text) => ({ bucketId: 'priv', sourceKey: 'none', destinationKey: text })),
  'delete many': inBody('DELETE', '/object/priv', (text) => ({ prefixes: [text, { path: text, versionId: text }] })),
  'make many links': inBody('POST', '/object/sign/priv', (text) => ({ expiresIn: 60, paths: [text] })),
  'begin a resumable upload': resumable((text) => ({ bucketName: 'priv', objectName: text })),
  'begin a resumable upload into the bucket': resumable((text) => ({ bucketName: text, objectName: 'x' })),
  'HEAD a resumable upload': ({ raw }) => ({ method: 'HEAD', path: `/upload/resumable/${raw}`, headers: TUS }),
  'HEAD a resumable upload by a made-up id': ({ text }) => ({
    method: 'HEAD',
    path: `/upload/resumable/${Buffer.from(`priv/${text}/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa`).toString('base64url')}`,
    headers: TUS,
  }),
  'end a resumable upload by a made-up version': ({ text }) => ({
    method: 'DELETE',
    path: `/upload/resumable/${Buffer.from(`priv/a.txt/${text}`).toString('base64url')}`,
    headers: TUS,
  }),
};

const strict = (text: string) =>
  encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const xml = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/\p{Cc}/gu, '&#9;');
/** What the signature covers: the path as S3 encodes it. */
const signedPath = (before: string, text: string) => `${before}${text.split('/').map(strict).join('/')}`;

/** The same for S3; signed, so that the door lets them in. */
function s3Doors({ sign }: Stage): Readonly<Record<string, Door>> {
  const key =
    (method: string, query: Record<string, string> = {}, body?: string): Door =>
    ({ text, raw }) => {
      const path = signedPath('/s3/priv/', text);
      return sign({ method, path, rawPath: `/s3/priv/${raw}`, query, ...(body === undefined ? {} : { body }) }, 'root');
    };
  const clean =
    (method: string, query: Record<string, string> = {}, body?: string): Door =>
    ({ text }) =>
      sign({ method, path: signedPath('/s3/priv/', text), query, ...(body === undefined ? {} : { body }) }, 'root');
  const listed =
    (query: (text: string) => Record<string, string>): Door =>
    ({ text }) =>
      sign({ method: 'GET', path: '/s3/priv', query: query(text.toWellFormed()) }, 'root');
  return {
    'S3: GetObject, as it stands': key('GET'),
    'S3: GetObject': clean('GET'),
    'S3: HeadObject': clean('HEAD'),
    'S3: PutObject, as it stands': key('PUT', {}, 'x'),
    'S3: PutObject': clean('PUT', {}, 'x'),
    'S3: DeleteObject, as it stands': key('DELETE'),
    'S3: GetObjectTagging': clean('GET', { tagging: '' }),
    'S3: CreateMultipartUpload': clean('POST', { uploads: '' }),
    'S3: UploadPart': clean('PUT', { partNumber: '1', uploadId: 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa' }, 'x'),
    'S3: uploadId': ({ text }) => sign({ method: 'GET', path: '/s3/priv/a.txt', query: { uploadId: text.toWellFormed() } }, 'root'),
    'S3: versionId': ({ text }) => sign({ method: 'GET', path: '/s3/priv/a.txt', query: { versionId: text.toWellFormed() } }, 'root'),
    'S3: copy source, as it stands': ({ raw }) =>
      sign({ method: 'PUT', path: '/s3/priv/copied', headers: { 'x-amz-copy-source': `/priv/${raw}` } }, 'root'),
    'S3: copy source': ({ text }) =>
      sign({ method: 'PUT', path: '/s3/priv/copied', headers: { 'x-amz-copy-source': signedPath('/priv/', text) } }, 'root'),
    'S3: bucket of the copy source': ({ text }) =>
      sign({ method: 'PUT', path: '/s3/priv/copied', headers: { 'x-amz-copy-source': `/${strict(text)}/a.txt` } }, 'root'),
    'S3: bucket': ({ text }) => sign({ method: 'GET', path: `/s3/${strict(text)}` }, 'root'),
    'S3: CreateBucket': ({ text }) => sign({ method: 'PUT', path: `/s3/${strict(text)}` }, 'root'),
    'S3: prefix': listed((text) => ({ 'list-type': '2', prefix: text, delimiter: '/' })),
    'S3: delimiter': listed((text) => ({ delimiter: text })),
    'S3: marker': listed((text) => ({ marker: text })),
    'S3: DeleteObjects': ({ text }) =>
      sign(
        {
          method: 'POST',
          path: '/s3/priv',
          query: { delete: '' },
          body: `<Delete><Object><Key>${xml(text.toWellFormed())}</Key></Object></Delete>`,
        },
        'root',
      ),
  };
}

/** Every place where a client names a bucket or an object, by what it does there. */
export function pathDoors(stage: Stage): readonly (readonly [string, Door])[] {
  return Object.entries({ ...REST_DOORS, ...s3Doors(stage) });
}
