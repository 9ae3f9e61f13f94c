import { holds, same } from '../../assert.ts';
import { better, check } from '../../check.ts';
import { begin, needTus, patch, PATH } from './requests.ts';

const ORIGIN = { origin: 'https://app.example.org' };
const SENT = 'authorization,content-type,tus-resumable,upload-length,upload-offset,upload-metadata,upload-defer-length,x-upsert';
const READ = [
  'location',
  'upload-offset',
  'upload-length',
  'upload-metadata',
  'upload-expires',
  'tus-resumable',
  'tus-version',
  'tus-extension',
  'tus-max-size',
];

const listed = (header: string | undefined) => (header ?? '').toLowerCase().split(/\s*,\s*/);

/** What pages of another origin need. */
export const tusBrowserChecks = [
  ...['POST', 'PATCH', 'HEAD', 'DELETE'].map((method) =>
    check(`TUS browsers: may ask for ${method} from another origin, without a token`, 'full', async (world) => {
      await needTus(world);
      const asked = { 'access-control-request-method': method, 'access-control-request-headers': SENT };
      const { status, headers } = await world.request('OPTIONS', `${PATH}/x`, { token: null, headers: { ...ORIGIN, ...asked } });
      holds(status === 204 || status === 200, 'status', status);
      holds(['*', ORIGIN.origin].includes(headers['access-control-allow-origin'] ?? ''), 'allowed origin');
      holds(
        listed(headers['access-control-allow-methods']).includes(method.toLowerCase()),
        'allowed methods',
        headers['access-control-allow-methods'],
      );
      const allowed = listed(headers['access-control-allow-headers']);
      same(
        SENT.split(',').filter((name) => !allowed.includes(name)),
        [],
        'headers that are not allowed',
      );
    }),
  ),
  better('TUS browsers: may send a checksum, a signature and another method', 'full', async (world) => {
    await needTus(world);
    const wanted = ['upload-checksum', 'x-signature', 'x-http-method-override'];
    const asked = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': wanted.join(',') };
    const { headers } = await world.request('OPTIONS', PATH, { token: null, headers: { ...ORIGIN, ...asked } });
    const allowed = listed(headers['access-control-allow-headers']);
    same(
      wanted.filter((name) => !allowed.includes(name)),
      [],
      'headers that are not allowed',
    );
  }),
  check('TUS browsers: may read where the upload is and how far it came', 'full', async (world) => {
    const { path } = await begin(world, ORIGIN);
    const { headers } = await patch(world, path, 0, '012', ORIGIN);
    const exposed = listed(headers['access-control-expose-headers']);
    same(
      READ.filter((name) => !exposed.includes(name)),
      [],
      'headers that are not exposed',
    );
  }),
  better('TUS browsers: may read that the length is open and which checksums there are', 'full', async (world) => {
    const { headers } = (await begin(world, ORIGIN)).answer;
    const exposed = listed(headers['access-control-expose-headers']);
    same(
      ['upload-defer-length', 'tus-checksum-algorithm'].filter((name) => !exposed.includes(name)),
      [],
      'headers that are not exposed',
    );
  }),
  check('TUS browsers: may read refusals', 'full', async (world) => {
    const { path } = await begin(world);
    const { headers } = await patch(world, path, 7, 'x', ORIGIN);
    holds(
      ['*', ORIGIN.origin].includes(headers['access-control-allow-origin'] ?? ''),
      'allowed origin',
      headers['access-control-allow-origin'],
    );
  }),
];
