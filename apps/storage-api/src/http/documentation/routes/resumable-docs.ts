import { BYTES, type DocAnswer, ref, type RouteDoc, type RouteDocs } from '../route-doc.ts';

const tag = 'resumable';
const text = (description: string): DocAnswer => ({ description, content: { 'text/plain': { type: 'string' } } });
const part = { 'application/offset+octet-stream': BYTES };
const DOORS = ['/upload/resumable', '/upload/resumable/sign'] as const;

const refusals = {
  400: {
    description: 'What is asked makes no sense, or the token is missing or refused.',
    content: { 'text/plain': { type: 'string' }, 'application/json': ref('Error') },
  },
  403: text('The caller may not do this to that upload.'),
  404: text('There is no such upload.'),
  409: text('The offset or the length is not the right one, or the object is there already.'),
  410: text('The upload is over.'),
  412: text('Tus-Resumable is missing, or its version is not known here.'),
  413: text('More than may be uploaded.'),
  415: text('The type of the body is not that of a part, or not one that the bucket takes.'),
  423: text('Another request is at work on the upload.'),
  460: text('The bytes do not match Upload-Checksum.'),
};

const create: RouteDoc = {
  tag,
  summary: 'Begin an upload, with or without its first bytes',
  headers: ['tus-resumable', 'upload-length', 'upload-defer-length', 'upload-metadata', 'upload-checksum', 'x-upsert', 'x-signature'],
  body: part,
  answers: { 201: text('Location is the URL of the upload.'), 200: text('See X-HTTP-Method-Override.'), ...refusals },
};
const override: RouteDoc = {
  ...create,
  summary: 'PATCH, HEAD or DELETE for clients whose network lets only POST through',
  headers: ['x-http-method-override', 'tus-resumable', 'upload-offset', 'x-signature'],
  answers: { ...create.answers, 204: { description: 'Done.' } },
};
const byMethod: Readonly<Record<string, RouteDoc>> = {
  PATCH: {
    tag,
    summary: 'Send bytes of an upload',
    headers: ['tus-resumable', 'upload-offset', 'upload-length', 'upload-checksum', 'x-signature'],
    body: part,
    answers: { 204: { description: 'They are kept; Upload-Offset says how many there are.' }, ...refusals },
  },
  HEAD: {
    tag,
    summary: 'Ask how much of an upload has arrived',
    headers: ['tus-resumable'],
    answers: { 200: { description: 'Upload-Offset says how much.' }, ...refusals },
  },
  DELETE: {
    tag,
    summary: 'End an upload and forget its bytes',
    headers: ['tus-resumable', 'x-signature'],
    answers: { 204: { description: 'It is over.' }, ...refusals },
  },
  OPTIONS: {
    tag,
    summary: 'Ask what the server knows of the protocol',
    answers: { 200: text('See the headers.'), 204: { description: 'See the headers.' } },
  },
};

/** Each method is registered at the collection, with and without a slash, and at the upload. */
export const RESUMABLE_DOCS: RouteDocs = Object.fromEntries(
  DOORS.flatMap((door) => [
    ...[door, `${door}/`].map((url) => [`POST ${url}`, create] as const),
    [`POST ${door}/:uploadId`, override] as const,
    ...[door, `${door}/`, `${door}/:uploadId`].flatMap((url) =>
      Object.entries(byMethod).map(([method, doc]) => [`${method} ${url}`, doc] as const),
    ),
  ]),
);
