import { holds, same } from '../assert.ts';
import { better, check } from '../check.ts';
import type { World } from '../world.ts';

const TEXT = 'the bytes of in/a.txt';

/** Ways to write something like `in/a.txt` that are not its name; as they stand in a URL. */
const ALIASES = [
  'x/../in/a.txt',
  'in/x/../a.txt',
  'in/./a.txt',
  './in/a.txt',
  'in//a.txt',
  '/in/a.txt',
  'in/a.txt/',
  'in/a.txt/.',
  'in/%2e/a.txt',
  'x/%2e%2e/in/a.txt',
  'x%2f..%2fin%2fa.txt',
  'x%2f%2e%2e%2fin%2fa.txt',
  'x/%252e%252e/in/a.txt',
  'x/..;/in/a.txt',
  'x%5c..%5cin%5ca.txt',
  'in%5ca.txt',
  'in/a.txt%00',
  'in/a.txt%00.png',
  'in/a.txt%20',
  'in/a.txt.',
  'IN/A.TXT',
  'in%252fa.txt',
  '..%2f{bucket}%2fin%2fa.txt',
  '%2e%2e/{bucket}/in/a.txt',
  '%c0%ae%c0%ae/{bucket}/in/a.txt',
  'in/a%c0%aetxt',
  'in%ef%bc%8fa.txt',
];
/** Ways out of a directory. */
const WAYS_OUT = [
  '../../../../../../etc/passwd',
  '..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd',
  '%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '%252e%252e%252f%252e%252e%252fetc%252fpasswd',
  '..%5c..%5c..%5cetc%5cpasswd',
  '%c0%ae%c0%ae%c0%af%c0%ae%c0%ae%c0%afetc%c0%afpasswd',
  '/etc/passwd',
  '%2fetc%2fpasswd',
  'file:%2f%2f%2fetc%2fpasswd',
  '%00',
  '%zz',
  '%',
  '%c3%28',
  '%ed%a0%80',
  'a%0d%0aX-Injected:%201',
  `${'d/'.repeat(300)}x`,
  'x'.repeat(1025),
];
/** Doors that take a key in their path, and a body where they need one. */
const DOORS: readonly (readonly [method: string, before: string, body?: string])[] = [
  ['GET', '/object/authenticated/{bucket}/'],
  ['HEAD', '/object/authenticated/{bucket}/'],
  ['GET', '/object/public/{bucket}/'],
  ['GET', '/object/info/authenticated/{bucket}/'],
  ['GET', '/render/image/public/{bucket}/'],
  ['PUT', '/object/{bucket}/', 'x'],
  ['DELETE', '/object/{bucket}/'],
];

const named = (path: string, bucket: string) => path.replaceAll('{bucket}', bucket);

async function bucketWithFile(world: World): Promise<string> {
  const bucket = await world.bucket({ public: true });
  await world.put(bucket, 'in/a.txt', TEXT);
  return bucket;
}

export const pathChecks = [
  check('a name that is only like another one is not that one', 'wire', async (world) => {
    const bucket = await bucketWithFile(world);
    for (const alias of ALIASES.map((each) => named(each, bucket))) {
      for (const door of ['/object/authenticated', '/object/public']) {
        const answer = await world.request('GET', `${door}/${bucket}/${alias}`);
        holds(!answer.text.includes(TEXT), `${alias} does not read in/a.txt`, answer.text);
      }
      await world.request('DELETE', `/object/${bucket}/${alias}`);
    }
    same((await world.request('GET', `/object/public/${bucket}/in/a.txt`)).text, TEXT, 'the file afterwards');
  }),

  check('no name leads out of the store, or writes into the answer', 'wire', async (world) => {
    const bucket = await bucketWithFile(world);
    for (const [method, before, body] of DOORS) {
      for (const path of WAYS_OUT) {
        const answer = await world.request(
          method,
          `${named(before, bucket)}${path}`,
          body === undefined ? {} : { body, headers: { 'content-type': 'text/plain' } },
        );
        holds(!answer.text.includes('root:x:0'), `${method} ${path} shows no file of the server`, answer.text);
        same(answer.headers['x-injected'], undefined, `a header made by ${method} ${path}`);
      }
    }
    const download = await world.request('GET', `/object/public/${bucket}/in/a.txt?download=a%0d%0aX-Injected:%201`);
    same(download.headers['x-injected'], undefined, 'a header made by the name of a download');
  }),

  better('no name makes the server fail', 'wire', async (world) => {
    const bucket = await bucketWithFile(world);
    for (const [method, before, body] of DOORS) {
      for (const path of [...WAYS_OUT, ...ALIASES.map((each) => named(each, bucket))]) {
        const answer = await world.request(
          method,
          `${named(before, bucket)}${path}`,
          body === undefined ? {} : { body, headers: { 'content-type': 'text/plain' } },
        );
        holds(answer.status < 500, `${method} ${path} is answered`, `${answer.status} ${answer.text}`);
      }
    }
  }),
];
