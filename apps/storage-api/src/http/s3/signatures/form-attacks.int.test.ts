import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackBench, REFUSED, startAttackBench } from '../../../testing/attack-bench.ts';
import { type FormInput, formParts, type FormPart, formWire, type Wire } from '../../../testing/s3-wire.ts';
import { amzDateOf } from '../../../testing/sign-s3.ts';

let bench: AttackBench;
beforeAll(async () => {
  bench = await startAttackBench();
});
afterAll(() => bench.stop());

const FIELDS = { key: 'victim', 'content-type': 'text/plain' };
const CONDITIONS = [{ bucket: 'main' }, { key: 'victim' }, ['starts-with', '$Content-Type', 'text/'], ['content-length-range', 2, 6]];

type Edit = (parts: readonly FormPart[]) => readonly FormPart[];

/** A form over the victim, signed as `input` says and changed by `edit` afterwards. */
function form(edit: Edit = (parts) => parts, input: Partial<FormInput> = {}, path = '/s3/main'): Wire {
  return formWire(bench.url, path, edit(formParts({ fields: FIELDS, conditions: CONDITIONS, ...input })));
}

/** Changes the value, and the file's name if told to, of the parts of that name. */
const set =
  (name: string, value: string, fileName?: string): Edit =>
  (parts) =>
    parts.map(([each, old, oldFile]): FormPart => {
      if (each !== name) return [each, old, oldFile];
      return [each, value, fileName ?? oldFile];
    });
const drop =
  (name: string): Edit =>
  (parts) =>
    parts.filter(([candidate]) => candidate !== name);
const add =
  (...added: FormPart[]): Edit =>
  (parts) => [...added, ...parts];
const policy = (value: unknown): Edit => set('policy', Buffer.from(JSON.stringify(value)).toString('base64'));
const signed = (fields: Readonly<Record<string, string>>, conditions: readonly unknown[], input: Partial<FormInput> = {}) =>
  form(undefined, { fields, conditions, ...input });

type Attack = readonly [name: string, forge: () => Wire];

const signatures: readonly Attack[] = [
  ['without a signature', () => form(drop('x-amz-signature'))],
  ['with an all-zero signature', () => form(set('x-amz-signature', '0'.repeat(64)))],
  ['with a signature in upper case', () => form(set('x-amz-signature', 'A'.repeat(64)))],
  ['signed with another secret', () => form(undefined, { secret: 'guessed' })],
  ['of an unknown access key', () => form(undefined, { accessKeyId: 'NOBODY' })],
  ['without a policy', () => form(drop('policy'))],
  ['with an empty policy', () => form(set('policy', ''))],
  ['with a policy of its own', () => form(policy({ expiration: '2099-01-01T00:00:00Z', conditions: [{ bucket: 'main' }] }))],
  [
    'with a blank in the policy',
    () =>
      form((parts) => {
        const [, text = ''] = parts.find(([name]) => name === 'policy') ?? [];
        return set('policy', `${text} `)(parts);
      }),
  ],
  ['of another service', () => form(undefined, { scope: `${amzDateOf(new Date()).slice(0, 8)}/us-east-1/iam/aws4_request` })],
  ['whose date is not the day of its credential', () => form(undefined, { scope: '20200101/us-east-1/s3/aws4_request' })],
  [
    'whose credential was changed',
    () => form(set('x-amz-credential', `TESTACCESSKEY0000001/${amzDateOf(new Date()).slice(0, 8)}/eu-west-1/s3/aws4_request`)),
  ],
  ['without an algorithm', () => form(drop('x-amz-algorithm'))],
  ['with another algorithm', () => form(set('x-amz-algorithm', 'AWS4-HMAC-SHA1'))],
  ['of SigV2', () => form((parts) => [['AWSAccessKeyId', 'x'], ['Signature', 'eA=='], ...drop('x-amz-signature')(parts)])],
  ['with a session token that no condition names', () => form(add(['x-amz-security-token', 'x']))],
];

const times: readonly Attack[] = [
  ['that expired', () => form(undefined, { expiration: new Date(Date.now() - 1000).toISOString() })],
  ['that expires never', () => form(undefined, { expiration: '' })],
  ['that expires at no moment', () => form(undefined, { expiration: '2099-13-40T00:00:00Z' })],
];

const conditions: readonly Attack[] = [
  ['for another key', () => form(set('key', 'mine'))],
  ['for another bucket', () => form(undefined, {}, '/s3/other')],
  ['for a bucket that no condition names', () => signed(FIELDS, CONDITIONS.slice(1))],
  ['for a key that no condition names', () => signed(FIELDS, CONDITIONS.toSpliced(1, 1))],
  ['for a bucket in a field', () => form(add(['bucket', 'main']), {}, '/s3/other')],
  ['with a content type that does not begin so', () => form(set('content-type', 'image/png'))],
  ['with a second content type behind a good one', () => form(set('content-type', 'text/plain, image/svg+xml'))],
  ['without a field that a condition wants', () => form(drop('content-type'))],
  ['with metadata that no condition names', () => form(add(['x-amz-meta-role', 'admin']))],
  [
    'with tags that no condition names',
    () => form(add(['tagging', '<Tagging><TagSet><Tag><Key>a</Key><Value>2</Value></Tag></TagSet></Tagging>'])),
  ],
  ['with a redirect that no condition names', () => form(add(['success_action_redirect', 'http://evil.example/']))],
  ['with a status that no condition names', () => form(add(['success_action_status', '201']))],
  ['with an encoding that no condition names', () => form(add(['content-encoding', 'gzip']))],
  ['with an access rule that no condition names', () => form(add(['acl', 'public-read']))],
  [
    'with a beginning of a key in another case',
    () =>
      signed({ ...FIELDS, key: 'Users/a' }, [{ bucket: 'main' }, ['starts-with', '$key', 'users/'], ['starts-with', '$content-type', '']]),
  ],
  [
    'with a key that leaves its folder',
    () =>
      signed({ ...FIELDS, key: 'users/../victim' }, [
        { bucket: 'main' },
        ['starts-with', '$key', 'users/'],
        ['starts-with', '$content-type', ''],
      ]),
  ],
  ['with a file name that makes the key another', () => form(undefined, { fields: { ...FIELDS, key: '${filename}' } })],
  ['with an unknown operator', () => signed(FIELDS, [...CONDITIONS, ['ends-with', '$key', 'm']])],
  ['with a condition that is none', () => signed(FIELDS, [...CONDITIONS, 'everything'])],
  ['with conditions that are none', () => form(undefined, { conditions: [[]] })],
];

const sizes: readonly Attack[] = [
  ['with a file that is too small', () => form(set('file', 'x'))],
  ['with an empty file', () => form(set('file', ''))],
  ['with a file that is too large', () => form(set('file', 'x'.repeat(7)))],
  ['with a file much too large', () => form(set('file', 'x'.repeat(200_000)))],
  ['with a range upside down', () => signed(FIELDS, [...CONDITIONS.slice(0, 3), ['content-length-range', 9, 1]])],
  ['with two ranges that exclude each other', () => signed(FIELDS, [...CONDITIONS, ['content-length-range', 7, 9]])],
  ['with a negative range', () => signed(FIELDS, [...CONDITIONS.slice(0, 3), ['content-length-range', -1, 9]])],
  [
    'with a checksum the file does not have',
    () => signed({ ...FIELDS, 'x-amz-checksum-crc32': 'AAAAAQ==' }, [...CONDITIONS, ['starts-with', '$x-amz-checksum-crc32', '']]),
  ],
];

const orders: readonly Attack[] = [
  ['with the file first', () => form((parts) => parts.toReversed())],
  ['with the file before the policy', () => form((parts) => [...drop('policy')(parts), ...parts.filter(([name]) => name === 'policy')])],
  ['with the key after the file', () => form((parts) => [...drop('key')(parts), ['key', 'victim']])],
  ['with the key twice', () => form(add(['key', 'mine']))],
  ['with the key twice in another case', () => form(add(['KEY', 'mine']))],
  ['with two policies', () => form(add(['policy', 'e30=']))],
  ['without a file', () => form(drop('file'))],
  ['with the file as a plain field of another name', () => form((parts) => [...drop('file')(parts), ['upload', 'evil', 'up.txt']])],
  ['without an end', () => ({ ...form(), body: form().body.slice(0, -14) })],
  ['without an end, signed by nobody', () => ({ ...form(drop('policy')), body: form(drop('policy')).body.slice(0, -14) })],
  [
    'without an end, of a size that nobody reads at once',
    () => ({ ...form(set('file', 'x'.repeat(300_000))), body: form(set('file', 'x'.repeat(300_000))).body.slice(0, -14) }),
  ],
  ['cut off within its fields', () => ({ ...form(), body: form().body.slice(0, 150) })],
  ['with another boundary', () => ({ ...form(), body: form().body.replaceAll('--frontier', '--border') })],
  [
    'that is not a form',
    () => ({
      ...form(),
      headers: form().headers.map(
        ([name, value]) => [name, name === 'content-type' ? 'application/x-www-form-urlencoded' : value] as const,
      ),
    }),
  ],
  ['with a query', () => ({ ...form(), target: '/s3/main?delete' })],
  ['to a key', () => ({ ...form(), target: '/s3/main/victim' })],
  ['with a header for S3', () => ({ ...form(), headers: [...form().headers, ['x-amz-acl', 'private']] })],
];

const corpus = { signatures, times, conditions, sizes, orders };

describe.each(Object.entries(corpus))('a form (%s)', (_group, attacks) => {
  it.each(attacks)('%s: refused, nothing touched', async (_name, forge) => {
    expect(await bench.attempt(forge())).toMatch(REFUSED);
    expect(await bench.state()).toBe(bench.initialState);
  });
});

describe('forms unchanged', () => {
  it('are accepted', async () => {
    expect(await bench.attempt(form())).toBe('204');
    expect(await bench.read('victim')).toBe('evil');
    expect(await bench.attempt(form(add(['x-ignore-me', '1'])))).toBe('204');
    const open = [{ bucket: 'main' }, ['starts-with', '$key', 'users/'], ['starts-with', '$content-type', '']];
    expect(await bench.attempt(signed({ ...FIELDS, key: 'users/${filename}' }, open))).toBe('204');
    expect(await bench.read('users/up.txt')).toBe('evil');
    const climbing = set('file', 'inside', '../victim');
    expect(await bench.attempt(form(climbing, { fields: { ...FIELDS, key: 'users/${filename}' }, conditions: open }))).toBe('204');
    expect(await bench.read('users/victim')).toBe('inside');
  });
});
