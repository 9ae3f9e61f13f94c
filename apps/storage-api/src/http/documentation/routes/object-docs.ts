import { BYTES, json, message, ref, type RouteDocs } from '../route-doc.ts';

const tag = 'object';
const array = (name: string) => ({ type: 'array', items: ref(name) });
const signedUrl = { type: 'object', properties: { signedURL: { type: 'string' } }, required: ['signedURL'], additionalProperties: false };
const archiveUrl = {
  type: 'object',
  properties: { signedURL: { type: 'string' }, objects: { type: 'integer' }, bytes: { type: 'integer' } },
  required: ['signedURL', 'objects', 'bytes'],
  additionalProperties: false,
};
const uploadUrl = {
  type: 'object',
  properties: { url: { type: 'string' }, token: { type: 'string' } },
  required: ['url', 'token'],
  additionalProperties: false,
};
const storedKey = { type: 'object', properties: { Key: { type: 'string' } }, required: ['Key'], additionalProperties: false };
const CONDITIONS = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'];
const UPLOAD_HEADERS = ['x-upsert', 'x-metadata', 'cache-control', 'content-encoding', 'content-md5'];

const bytes = {
  200: { description: 'The bytes.', content: { '*/*': BYTES } },
  206: { description: 'The part of the bytes that Range asks for.', content: { '*/*': BYTES } },
  304: { description: 'The copy that the caller has is the current one.' },
  412: json('If-Match or If-Unmodified-Since does not hold.', ref('Error')),
  416: json('Range asks for what is not there.', ref('Error')),
};
const download = (summary: string) => ({ tag, summary, headers: CONDITIONS, answers: bytes }) as const;
const info = (summary: string) => ({ tag, summary, answers: { 200: json('What is known of it.', ref('ObjectInfo')) } }) as const;

const form = { type: 'object', properties: { file: BYTES, cacheControl: { type: 'string' }, metadata: { type: 'string' } } };
const body = { '*/*': BYTES, 'multipart/form-data': form };
const upload = (summary: string) =>
  ({ tag, summary, headers: UPLOAD_HEADERS, body, answers: { 200: json('It is stored.', ref('Uploaded')) } }) as const;

export const OBJECT_DOCS: RouteDocs = {
  'POST /object/list/:bucketName': {
    tag,
    summary: 'List a folder, by offset',
    answers: { 200: json('What is directly in the folder.', array('ListedEntry')) },
  },
  'POST /object/list-v2/:bucketName': {
    tag,
    summary: 'List a bucket or prefix, by cursor',
    answers: { 200: json('One page.', ref('ListPage')) },
  },
  'POST /object/copy': {
    tag,
    summary: 'Copy an object, within a bucket or to another one',
    headers: ['x-upsert', 'x-metadata'],
    answers: { 200: json('The copy.', ref('Copied')) },
  },
  'POST /object/move': {
    tag,
    summary: 'Move an object, within a bucket or to another one',
    answers: { 200: json('It is moved.', ref('Moved')) },
  },
  'DELETE /object/:bucketName/*': { tag, summary: 'Delete an object', answers: { 200: message('It is gone.') } },
  'DELETE /object/:bucketName': {
    tag,
    summary: 'Delete many objects',
    answers: { 200: json('Those that were deleted.', array('Object')) },
  },
  'POST /object/sign/:bucketName/*': { tag, summary: 'Make a link to an object', answers: { 200: json('The link.', signedUrl) } },
  'POST /object/sign/:bucketName': {
    tag,
    summary: 'Make links to many objects',
    answers: { 200: json('A link or an error for each.', array('SignedPath')) },
  },
  'POST /archive/:bucketName': {
    tag,
    summary: 'Make a link to a zip of a folder; for service_role',
    answers: { 200: json('The link, and how much is in the folder now.', archiveUrl) },
  },
  'GET /archive/:bucketName': {
    tag,
    summary: 'Download a folder as a zip, with a link',
    answers: { 200: { description: 'The archive, without compression, as it is written.', content: { 'application/zip': BYTES } } },
  },
  'POST /object/upload/sign/:bucketName/*': {
    tag,
    summary: 'Make a link to upload an object with',
    headers: ['x-upsert'],
    answers: { 200: json('The link.', uploadUrl) },
  },
  'GET /object/public/:bucketName/*': download('Download an object of a public bucket'),
  'GET /object/authenticated/:bucketName/*': download('Download an object'),
  'GET /object/:bucketName/*': download('Download an object; without a token, of a public bucket'),
  'GET /object/sign/:bucketName/*': download('Download an object with a link'),
  'GET /object/info/public/:bucketName/*': info('Describe an object of a public bucket'),
  'GET /object/info/authenticated/:bucketName/*': info('Describe an object'),
  'GET /object/info/:bucketName/*': info('Describe an object; without a token, of a public bucket'),
  'POST /object/:bucketName/*': upload('Upload an object'),
  'PUT /object/:bucketName/*': upload('Upload an object, or replace it'),
  'PUT /object/upload/sign/:bucketName/*': {
    tag,
    summary: 'Upload an object with a link',
    headers: UPLOAD_HEADERS,
    body,
    answers: { 200: json('It is stored.', storedKey) },
  },
};
