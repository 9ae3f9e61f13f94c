import { holds, matches, same } from '../../assert.ts';
import { better, check } from '../../check.ts';
import type { Answer } from '../../http.ts';
import type { World } from '../../world.ts';
import {
  begin,
  CONTENT,
  create,
  extensionsOf,
  EXTENSIONS,
  head,
  holdsText,
  isAt,
  needTus,
  patch,
  PART_TYPE,
  PATH,
  terminate,
} from './requests.ts';

type Headers = Readonly<Record<string, string>>;

/** Each method, told in the given version. */
const METHODS: Readonly<Record<string, (world: World, path: string, bucket: string, headers: Headers) => Promise<Answer>>> = {
  POST: (world, _path, bucket, headers) => create(world, bucket, headers),
  HEAD: (world, path, _bucket, headers) => head(world, path, headers),
  PATCH: (world, path, _bucket, headers) => patch(world, path, 0, CONTENT, headers),
  DELETE: (world, path, _bucket, headers) => terminate(world, path, headers),
};

const override = (world: World, path: string, method: string, headers: Headers = {}, body?: string) =>
  world.request('POST', path, {
    headers: { 'tus-resumable': '1.0.0', 'x-http-method-override': method, ...headers },
    ...(body === undefined ? {} : { body }),
  });

/** OPTIONS, versions of the protocol and methods in a header. */
export const tusVersionChecks = [
  check('TUS: OPTIONS lists versions with the one that is preferred first', 'full', async (world) => {
    const { status, headers } = await needTus(world);
    holds(status === 204 || status === 200, 'status', status);
    matches(headers['tus-version'], /^1\.0\.0(?:,\d+\.\d+\.\d+)*$/, 'tus-version');
  }),
  check('TUS: OPTIONS lists extensions with nothing but commas between them', 'full', async (world) => {
    const answer = await needTus(world);
    matches(answer.headers['tus-extension'], /^[a-z-]+(?:,[a-z-]+)*$/, 'tus-extension');
    same(
      EXTENSIONS.filter((name) => !extensionsOf(answer).includes(name)),
      [],
      'missing extensions',
    );
  }),
  check('TUS: OPTIONS tells the largest upload as a number', 'full', async (world) => {
    matches((await needTus(world)).headers['tus-max-size'], /^\d+$/, 'tus-max-size');
  }),
  check('TUS: OPTIONS takes no notice of the version of the client', 'full', async (world) => {
    await needTus(world);
    const { status, headers } = await world.request('OPTIONS', PATH, { token: null, headers: { 'tus-resumable': '0.2.0' } });
    holds(status === 204 || status === 200, 'status', status);
    same(headers['tus-version'], '1.0.0');
  }),
  better('TUS: OPTIONS of an upload says the same as of all', 'full', async (world) => {
    const { path } = await begin(world);
    const { status, headers } = await world.request('OPTIONS', path, { token: null });
    same([status, headers['tus-version']], [204, '1.0.0']);
  }),
  ...Object.entries(METHODS).flatMap(([method, run]) => [
    better(`TUS: ${method} in another version is 412, names the versions and is not carried out`, 'full', async (world) => {
      const { path, bucket } = await begin(world);
      const { status, headers } = await run(world, path, bucket, { 'tus-resumable': '0.2.2' });
      same([status, headers['tus-version'], headers['location'], headers['upload-offset']], [412, '1.0.0', undefined, undefined]);
      await isAt(world, path, 0);
    }),
    better(`TUS: ${method} without a version is 412 and is not carried out`, 'full', async (world) => {
      const { path, bucket } = await begin(world);
      const { status, headers } = await run(world, path, bucket, { 'tus-resumable': '' });
      same([status, headers['tus-version'], headers['location']], [412, '1.0.0', undefined]);
      await isAt(world, path, 0);
    }),
    check(`TUS: the answer to ${method} names the version`, 'full', async (world) => {
      const { path, bucket } = await begin(world);
      same((await run(world, path, bucket, {})).headers['tus-resumable'], '1.0.0');
    }),
  ]),
  check('TUS: a refusal names the version too', 'full', async (world) => {
    const { path } = await begin(world);
    same((await patch(world, path, 7, 'x')).headers['tus-resumable'], '1.0.0');
  }),
  better('TUS: POST may stand for PATCH', 'full', async (world) => {
    const { path, bucket } = await begin(world);
    const answer = await override(world, path, 'PATCH', { 'content-type': PART_TYPE, 'upload-offset': '0' }, CONTENT);
    same([answer.status, answer.headers['upload-offset']], [204, '10']);
    await holdsText(world, bucket, CONTENT);
  }),
  better('TUS: POST may stand for HEAD', 'full', async (world) => {
    const { path } = await begin(world);
    await patch(world, path, 0, '012');
    const { status, headers } = await override(world, path, 'HEAD');
    same([status, headers['upload-offset'], headers['upload-length']], [200, '3', '10']);
  }),
  better('TUS: POST may stand for DELETE', 'full', async (world) => {
    const { path } = await begin(world);
    same((await override(world, path, 'DELETE')).status, 204);
    const { status } = await head(world, path);
    holds(status === 404 || status === 410, 'status afterwards', status);
  }),
];
