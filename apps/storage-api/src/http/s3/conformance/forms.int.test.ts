import { CreateBucketCommand, GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type S3Bench, startS3Bench } from '../../../testing/s3.ts';
import { type FormInput, formParts, type FormPart, formWire, sendWire } from '../../../testing/s3-wire.ts';
import { createDigest } from '../body/checksums.ts';

let bench: S3Bench;
beforeAll(async () => {
  bench = await startS3Bench();
  await bench.s3.send(new CreateBucketCommand({ Bucket: 'second' }));
});
afterAll(() => bench.stop());

const FIELDS = { key: 'foo.txt', acl: 'private', 'Content-Type': 'text/plain' };
const CONDITIONS = [
  { bucket: 'main' },
  ['starts-with', '$key', 'foo'],
  { acl: 'private' },
  ['starts-with', '$Content-Type', 'text/plain'],
  ['content-length-range', 0, 1024],
];

type Edit = (parts: readonly FormPart[]) => readonly FormPart[];
const drop =
  (name: string): Edit =>
  (parts) =>
    parts.filter(([each]) => each !== name);

async function post(input: Partial<FormInput> = {}, edit: Edit = (parts) => parts) {
  const { url } = bench.server;
  const parts = edit(formParts({ fields: FIELDS, conditions: CONDITIONS, file: 'bar', ...input }));
  const { status, code, text } = await sendWire(url, formWire(url, '/s3/main', parts));
  return { outcome: `${status} ${code}`.trim(), text };
}

const outcome = async (input?: Partial<FormInput>, edit?: Edit) => (await post(input, edit)).outcome;
/** The form with more fields, each of which has a condition. */
const withFields = (extra: Readonly<Record<string, string>>): Partial<FormInput> => ({
  fields: { ...FIELDS, ...extra },
  conditions: [...CONDITIONS, ...Object.keys(extra).map((name) => ['starts-with', `$${name}`, ''])],
});
/** A policy that is signed as it stands. */
const withPolicy = (conditions: readonly unknown[]): Partial<FormInput> => ({ conditions });
const named = (parts: readonly FormPart[]) => parts.map(([name, value, file]): FormPart => [name, value, file && 'foo-named.txt']);
const sized = (low: number, high: number) => withPolicy([...CONDITIONS.slice(0, 4), ['content-length-range', low, high]]);
const anonymous = (parts: readonly FormPart[]) => parts.filter(([name]) => ['key', 'Content-Type', 'file'].includes(name));

describe('a form that a browser sends', () => {
  it('makes the object, whatever the case of its fields and operators', async () => {
    expect(await outcome()).toBe('204');
    expect(await bench.read('foo.txt')).toBe('bar');
    const { 'Content-Type': type, ...rest } = FIELDS;
    const odd = {
      fields: { ...rest, 'cOnTeNt-tYpE': type },
      conditions: [{ bUcKeT: 'main' }, ['StArTs-WiTh', '$KeY', 'foo'], { AcL: 'private' }, ['sTaRtS-wItH', '$CoNtEnT-TyPe', 'text/plain']],
    };
    expect(
      await outcome(odd, (parts) =>
        parts.map(([name, ...part]): FormPart => [name === 'key' ? 'kEy' : name === 'policy' ? 'pOLICy' : name, ...part]),
      ),
    ).toBe('204');
  });

  it('may say what is answered', async () => {
    expect(await outcome(withFields({ success_action_status: '200' }))).toBe('200');
    const created = await post(withFields({ success_action_status: '201' }));
    expect(created.outcome).toBe('201');
    expect(created.text).toMatch(/<Bucket>main<\/Bucket><Key>foo.txt<\/Key><ETag>&quot;37b51d194a7513e45b56f6524f2d51f2&quot;<\/ETag>/);
    const odd = await post(withFields({ success_action_status: '404' }));
    expect([odd.outcome, odd.text.split('\r\n\r\n')[1]]).toEqual(['204', '']);
    const redirected = await post(withFields({ success_action_redirect: 'http://127.0.0.1:9/done?a=1' }));
    expect(redirected.outcome).toBe('303');
    expect(redirected.text).toContain(
      'location: http://127.0.0.1:9/done?a=1&bucket=main&key=foo.txt&etag=%2237b51d194a7513e45b56f6524f2d51f2%22\r\n',
    );
    expect(await outcome(withFields({ success_action_redirect: 'not an address' }))).toBe('204');
  });

  it('may be larger than one read, and named by its file', async () => {
    const big = 'foo'.repeat(1024 * 1024);
    expect(await outcome({ file: big, conditions: [...CONDITIONS.slice(0, 4), ['content-length-range', 0, 5 * 1024 * 1024]] })).toBe('204');
    expect((await bench.read('foo.txt')) === big).toBe(true);
    expect(await outcome({ fields: { ...FIELDS, key: '${filename}' } }, named)).toBe('204');
    expect(await bench.read('foo-named.txt')).toBe('bar');
    expect(
      await outcome({
        fields: { ...FIELDS, key: '\\$foo.txt' },
        conditions: [{ bucket: 'main' }, ['starts-with', '$key', '\\$foo'], ...CONDITIONS.slice(2)],
      }),
    ).toBe('204');
    expect(await bench.read('\\$foo.txt')).toBe('bar');
  });

  it('carries headers, metadata, tags and checksums', async () => {
    const digest = createDigest('SHA256');
    digest.update(Buffer.from('bar'));
    const sum = digest.digest().toString('base64');
    const fields = {
      'Cache-Control': 'max-age=5',
      'Content-Disposition': 'attachment',
      'x-amz-meta-foo': 'barclamp',
      tagging: '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>',
      'x-amz-checksum-sha256': sum,
      'x-ignore-foo': 'bar',
    };
    expect(await outcome(withFields(fields))).toBe('204');
    const target = { Bucket: 'main', Key: 'foo.txt' };
    expect(await bench.s3.send(new HeadObjectCommand({ ...target, ChecksumMode: 'ENABLED' }))).toMatchObject({
      CacheControl: 'max-age=5',
      ContentDisposition: 'attachment',
      ContentType: 'text/plain',
      Metadata: { foo: 'barclamp' },
      ChecksumSHA256: sum,
    });
    expect((await bench.s3.send(new GetObjectTaggingCommand(target))).TagSet).toEqual([{ Key: 'a', Value: '1' }]);
    expect(await outcome(withFields({ ...fields, 'x-amz-checksum-sha256': `${sum.slice(0, -3)}AA=` }))).toBe('400 BadDigest');
  });

  it('has the type of its file when it names none', async () => {
    const { 'Content-Type': _type, ...fields } = FIELDS;
    expect(await outcome({ fields, conditions: CONDITIONS.toSpliced(3, 1) })).toBe('204');
    const { ContentType } = await bench.s3.send(new GetObjectCommand({ Bucket: 'main', Key: 'foo.txt' }));
    expect(ContentType).toBe('text/plain');
  });
});

describe('a form is refused', () => {
  it('when its signature, key or date is wrong', async () => {
    expect(await outcome({ secret: 'other' })).toBe('403 SignatureDoesNotMatch');
    expect(await outcome({ accessKeyId: 'foo' })).toBe('403 InvalidAccessKeyId');
    expect(await outcome({}, drop('x-amz-signature'))).toBe('400 InvalidArgument');
    expect(await outcome({}, drop('key'))).toBe('400 InvalidArgument');
    expect(await outcome({ expiration: new Date(Date.now() - 6_000_000).toISOString() })).toBe('403 AccessDenied');
    expect(await outcome({ expiration: '2099-01-01 00:00:00.5' })).toBe('400 InvalidPolicyDocument');
  });

  it('when a condition is missing, or does not hold', async () => {
    expect(await outcome(withPolicy(CONDITIONS.slice(1)))).toBe('403 AccessDenied');
    expect(await outcome(withPolicy([...CONDITIONS, ['starts-with', '$x-amz-meta-foo', 'bar']]))).toBe('403 AccessDenied');
    const meta = withFields({ 'x-amz-meta-foo': 'barclamp' });
    expect(await outcome({ ...meta, conditions: [...CONDITIONS, ['eq', '$x-amz-meta-foo', '']] })).toBe('403 AccessDenied');
    expect(await outcome({ ...meta, conditions: CONDITIONS })).toBe('403 AccessDenied');
  });

  it('when its policy cannot be read', async () => {
    for (const condition of [
      ['content-length-range', 0],
      ['content-length-range', -1, 0],
      {},
      [],
      'x',
      ['eq', 'key', 'foo'],
      ['is', '$key', 'x'],
      null,
    ]) {
      expect([condition, await outcome(withPolicy([...CONDITIONS, condition]))]).toEqual([condition, '400 InvalidPolicyDocument']);
    }
  });

  it('when the size is not as agreed', async () => {
    expect(await outcome(sized(0, 0))).toBe('400 EntityTooLarge');
    expect(await outcome(sized(512, 1000))).toBe('400 EntityTooSmall');
    expect(await outcome(sized(3, 3))).toBe('204');
  });

  it('from nobody, as no bucket may be written by everyone', async () => {
    expect(await outcome({}, anonymous)).toBe('403 AccessDenied');
  });
});
