import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackBench, REFUSED, startAttackBench } from '../../testing/attack-bench.ts';
import { headerWire, type Wire } from '../../testing/s3-wire.ts';

let bench: AttackBench;
/** Would notice whoever fetches what a document names. */
let lure: Server;
let lureUrl: string;
let visits = 0;

beforeAll(async () => {
  bench = await startAttackBench();
  lure = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => lure.listen(0, '127.0.0.1', resolve));
  const address = lure.address();
  lureUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/x`;
});
afterAll(async () => {
  await bench.stop();
  await new Promise((resolve) => lure.close(resolve));
});

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly query: () => Record<string, string>;
  /** A document that would change something. */
  readonly document: string;
  readonly maxBytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const md5Of = (text: string) => createHash('md5').update(text).digest('hex');
const on = (path: string, name: string, method = 'PUT') => ({ method, path, query: () => ({ [name]: '' }) });

/** Every operation that takes a document. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  CompleteMultipartUpload: {
    method: 'POST',
    path: '/s3/main/upload',
    query: () => ({ uploadId: bench.uploadId }),
    document: `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${md5Of('part')}</ETag></Part></CompleteMultipartUpload>`,
    maxBytes: 8 * MIB,
  },
  DeleteObjects: {
    ...on('/s3/main', 'delete', 'POST'),
    document: '<Delete><Object><Key>victim</Key></Object></Delete>',
    maxBytes: 8 * MIB,
  },
  PutObjectTagging: {
    ...on('/s3/main/a%20b', 'tagging'),
    document: '<Tagging><TagSet><Tag><Key>evil</Key><Value>1</Value></Tag></TagSet></Tagging>',
    maxBytes: 64 * KIB,
  },
  PutBucketTagging: {
    ...on('/s3/main', 'tagging'),
    document: '<Tagging><TagSet><Tag><Key>evil</Key><Value>1</Value></Tag></TagSet></Tagging>',
    maxBytes: 64 * KIB,
  },
  PutBucketCors: {
    ...on('/s3/main', 'cors'),
    document:
      '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>',
    maxBytes: 64 * KIB,
  },
  PutBucketLifecycle: {
    ...on('/s3/main', 'lifecycle'),
    document:
      '<LifecycleConfiguration><Rule><ID>x</ID><Status>Enabled</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>',
    maxBytes: MIB,
  },
  PutBucketVersioning: {
    ...on('/s3/main', 'versioning'),
    document: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
    maxBytes: 64 * KIB,
  },
  CreateBucket: {
    method: 'PUT',
    path: '/s3/evil-bucket',
    query: () => ({}),
    document: '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>',
    maxBytes: 64 * KIB,
  },
};

const latin1 = (bytes: Buffer) => bytes.toString('latin1');
const rootOf = (document: string) => /^<(\w+)/.exec(document)?.[1] ?? '';
/** The text of the innermost element becomes `text`. */
const withText = (document: string, text: string) => document.replace(/>[^<>]+</, `>${text}<`);
const nested = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
const doctype = (subset: string, document: string) => `<!DOCTYPE ${rootOf(document)} ${subset}>${document}`;
const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');

/** What is made of a good document. */
const ATTACKS: Readonly<Record<string, (document: string, operation: Operation) => string>> = {
  'entities that multiply': (document) => doctype(`[<!ENTITY l0 "lol">${laughs}]`, withText(document, '&l9;')),
  'an entity of its own': (document) => doctype('[<!ENTITY e "victim">]', withText(document, '&e;')),
  'an entity from a file': (document) => doctype('[<!ENTITY e SYSTEM "file:///etc/passwd">]', withText(document, '&e;')),
  'an entity from an address': (document) => doctype(`[<!ENTITY e SYSTEM "${lureUrl}">]`, withText(document, '&e;')),
  'a parameter entity': (document) => doctype(`[<!ENTITY % p SYSTEM "${lureUrl}"> %p;]`, document),
  'an external DTD': (document) => doctype(`SYSTEM "${lureUrl}"`, document),
  'a DTD behind the root': (document) => `${document}<!DOCTYPE x SYSTEM "${lureUrl}">`,
  'a processing instruction': (document) => `<?xml-stylesheet href="${lureUrl}"?>${document}`,
  'a declaration that is not first': (document) => `<!-- x --><?xml version="1.0"?>${document}`,
  CDATA: (document) => withText(document, '<![CDATA[victim]]>').replace(/><\//, '><![CDATA[x]]></'),
  XInclude: (document) => document.replace(/<\/\w+>$/, (end) => `<xi:include href="${lureUrl}"/>${end}`),
  'an entity that nobody defines': (document) => document.replace(/<\/\w+>/, (end) => `&nbsp;${end}`),
  'a reference to no character': (document) => document.replace(/<\/\w+>/, (end) => `&#0;${end}`),
  'a reference to half a character': (document) => document.replace(/<\/\w+>/, (end) => `&#xD800;${end}`),
  'a reference beyond Unicode': (document) => document.replace(/<\/\w+>/, (end) => `&#x110000;${end}`),
  'a lone ampersand': (document) => document.replace(/<\/\w+>/, (end) => `&${end}`),
  'a depth of thirteen': (document) => document.replace(/<\/\w+>$/, (end) => `${nested(13)}${end}`),
  'a depth of ten thousand': () => nested(7000),
  'more bytes than are taken': (document, { maxBytes }) => `${document}${' '.repeat(maxBytes)}`,
  'a hundred thousand elements': (document, { maxBytes }) =>
    document.replace(/<\/\w+>$/, (end) => `${'<a/>'.repeat(Math.min(100_000, maxBytes / 5))}${end}`),
  'another root': (document) => document.replaceAll(rootOf(document), 'Other'),
  'a root in another case': (document) => document.replaceAll(rootOf(document), rootOf(document).toLowerCase()),
  'two roots': (document) => `${document}${document}`,
  'text behind the root': (document) => `${document}evil`,
  'text before the root': (document) => `evil${document}`,
  'no end': (document) => document.replace(/<\/\w+>$/, ''),
  'an end cut short': (document) => document.slice(0, -1),
  'ends in the wrong order': (document) => document.replace(/<\/(\w+)><\/(\w+)>$/, '</$2></$1>'),
  'an attribute without quotes': (document) => document.replace(/^<(\w+)/, '<$1 a=1'),
  'text between elements': (document) => document.replace(/<\/\w+>$/, (end) => `evil${end}`),
  'an element nobody knows': (document) => document.replace(/<\/\w+>$/, (end) => `<Unknown>1</Unknown>${end}`),
  'an element within text': (document) => withText(document, '<b>victim</b>'),
  'UTF-16, little end first': (document) => latin1(Buffer.from(`\uFEFF${document}`, 'utf16le')),
  'UTF-16, big end first': (document) => latin1(Buffer.from(`\uFEFF${document}`, 'utf16le').swap16()),
  'UTF-16 without a mark': (document) => latin1(Buffer.from(document, 'utf16le')),
  'bytes that are no UTF-8': (document) => withText(document, '\u00ff\u00fe'),
  'an overlong character': (document) => document.replace('<', '\u00c0\u00bc'),
  'a zero byte': (document) => document.replace(/<\/\w+>$/, (end) => `\u0000${end}`),
  'compressed bytes': (document) => latin1(gzipSync(document)),
  JSON: () => '{"Delete":{"Object":[{"Key":"victim"}]}}',
  'a web page': () => '<!doctype html><title>x</title>',
  'nothing but a comment': () => '<!-- nothing -->',
  'a comment that does not end': (document) => `<!-- ${document}`,
  'two minus signs in a comment': (document) => `<!-- a -- b -->${document}`,
};

function wireOf({ method, path, query }: Operation, body: string): Wire {
  return headerWire(bench.url, { method, path, query: query(), contentSha256: 'UNSIGNED-PAYLOAD', body });
}

describe.each(Object.entries(OPERATIONS))('%s', (_name, operation) => {
  it.each(Object.entries(ATTACKS))('with %s: refused, nothing touched', async (_attack, forge) => {
    expect(await bench.attempt(wireOf(operation, forge(operation.document, operation)))).toMatch(REFUSED);
    expect(await bench.state()).toBe(bench.initialState);
    expect(visits).toBe(0);
  });

  it('with headers that contradict its body: refused, nothing touched', async () => {
    const wire = wireOf(operation, operation.document);
    const signed = (headers: Record<string, string>, contentSha256 = 'UNSIGNED-PAYLOAD') =>
      headerWire(bench.url, { ...operation, query: operation.query(), body: operation.document, contentSha256, headers });
    const plus = (...added: [string, string][]): Wire => ({ ...wire, headers: [...wire.headers, ...added] });
    const attacks: Wire[] = [
      plus(['content-md5', 'AAAAAAAAAAAAAAAAAAAAAA==']),
      plus(['content-md5', 'x']),
      plus(['content-length', '-1']),
      plus(['content-length', '1'], ['content-length', '2']),
      plus(['content-length', '9999999999999999']),
      plus(['transfer-encoding', 'gzip']),
      plus(['x-long', 'x'.repeat(20_000)]),
      plus(...Array.from({ length: 3000 }, (_, at): [string, string] => [`x-${at}`, '1'])),
      signed({ 'x-amz-checksum-crc32': 'AAAAAA==' }),
      signed({ 'x-amz-checksum-crc32': 'no' }),
      signed({ 'x-amz-checksum-sha256': 'AAAA', 'x-amz-checksum-sha1': 'AAAA' }),
      signed({ 'x-amz-sdk-checksum-algorithm': 'ROT13' }),
      signed({ 'x-amz-decoded-content-length': '5' }),
      signed({ 'x-amz-trailer': 'x-amz-checksum-crc32' }),
      signed({}, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'),
      signed({}, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'),
      signed({}, '0'.repeat(64)),
    ];
    for (const [index, attack] of attacks.entries()) {
      expect([index, await bench.attempt(attack)]).toEqual([index, expect.stringMatching(REFUSED)]);
    }
    expect(await bench.state()).toBe(bench.initialState);
  });
});

const keys = (count: number, key: string) => `<Delete>${`<Object><Key>${key}</Key></Object>`.repeat(count)}</Delete>`;

describe('deleting ten thousand keys', () => {
  it('is refused at once, and a thousand of the same key are not', async () => {
    const { DeleteObjects } = OPERATIONS;
    if (DeleteObjects === undefined) throw new Error('no such operation');
    expect(await bench.attempt(wireOf(DeleteObjects, keys(10_000, 'victim')))).toBe('400 MalformedXML');
    expect(await bench.attempt(wireOf(DeleteObjects, keys(1001, 'victim')))).toBe('400 MalformedXML');
    expect(await bench.state()).toBe(bench.initialState);
    expect(await bench.attempt(wireOf(DeleteObjects, keys(1000, 'not there')))).toBe('200');
  });
});

describe('documents that are odd but right', () => {
  const SOUND: Readonly<Record<string, (document: string) => string>> = {
    'as it is': (document) => document,
    'with a declaration': (document) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${document}\n`,
    'with a byte order mark': (document) => `\u00ef\u00bb\u00bf${document}`,
    'with the namespace of S3': (document) => document.replace(/^<(\w+)/, '<$1 xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'),
    'with a prefix': (document) => document.replaceAll(/(<\/?)(\w)/g, '$1s3:$2').replace(/^<(s3:\w+)/, '<$1 xmlns:s3="http://x/"'),
    'with a schema to fetch': (document) =>
      document.replace(/^<(\w+)/, `<$1 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x ${lureUrl}"`),
    'with comments and line breaks': (document) => document.replaceAll('><', '>\r\n <!-- x -->\t<'),
  };

  it.each(Object.entries(OPERATIONS))('%s takes them, and fetches nothing', async (name, operation) => {
    for (const [kind, dress] of Object.entries(SOUND)) {
      const outcome = await bench.attempt(wireOf(operation, dress(operation.document)));
      const expected = name === 'CreateBucket' && kind !== 'as it is' ? '409 BucketAlreadyOwnedByYou' : '200';
      expect([kind, outcome]).toEqual([kind, expected]);
    }
    expect(visits).toBe(0);
  });
});
