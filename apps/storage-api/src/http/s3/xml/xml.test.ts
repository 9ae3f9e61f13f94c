import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import { parseXml } from './parse-xml.ts';
import { escapeXml, renderBare, renderDocument } from './render-xml.ts';
import {
  parseCompleteMultipartUpload,
  parseCreateBucket,
  parseDelete,
  parseTagging,
  parseTaggingHeader,
  parseVersioningConfiguration,
} from './request-documents.ts';

function codeOf(run: () => unknown): string {
  try {
    return JSON.stringify(run());
  } catch (error) {
    if (error instanceof S3Error) return error.s3Code;
    throw error;
  }
}

const complete = (...numbers: readonly string[]): string =>
  `<CompleteMultipartUpload>${numbers.map((number) => `<Part><PartNumber>${number}</PartNumber><ETag>a</ETag></Part>`).join('')}</CompleteMultipartUpload>`;

const many = (count: number): string => `<Delete>${'<Object><Key>a&amp;b </Key></Object>'.repeat(count)}<Quiet>true</Quiet></Delete>`;

const UNSENDABLE = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

describe('rendering', () => {
  it('gives success documents AWS’s namespace and errors none', () => {
    expect(renderDocument('R', { A: 'x', B: null, C: [1, 2], D: { E: true } })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<R xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><A>x</A><C>1</C><C>2</C><D><E>true</E></D></R>',
    );
    expect(renderBare('Error', { Code: 'A&B' })).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>A&amp;B</Code></Error>');
  });

  it('never leaves a character that XML cannot carry', () => {
    expect(escapeXml('a\u0000b\u0001\uFFFE\uD800\r\n<>&"\'')).toBe('a\uFFFDb\uFFFD\uFFFD\uFFFD&#13;&#10;&lt;&gt;&amp;&quot;&apos;');
  });

  it('round-trips text through the parser', () => {
    assert(
      property(string({ unit: 'binary', maxLength: 60 }), (text) => {
        const clean = text.toWellFormed().replaceAll(UNSENDABLE, '\uFFFD');
        expect(parseXml(renderBare('R', { A: text })).children[0]?.text).toBe(clean);
      }),
    );
  });
});

describe('the parser', () => {
  it('reads declarations, namespaces, prefixes, comments and entities', () => {
    const source = '\uFEFF<?xml version="1.0"?>\n<!-- a --><s:R xmlns:s="x" a=\'1\'>\n <A>&lt;&#65;&#x1F600;</A><B/></s:R>\n';
    expect(parseXml(source)).toEqual({
      name: 'R',
      text: '',
      children: [
        { name: 'A', text: '<A😀', children: [] },
        { name: 'B', text: '', children: [] },
      ],
    });
  });

  it('refuses what could expand, fetch or confuse', () => {
    const hostile = [
      '',
      '<R>',
      '</R>',
      '<R></S>',
      '<R/><R/>',
      'x<R/>',
      '<R/>x',
      '<!DOCTYPE R [<!ENTITY a "b">]><R>&a;</R>',
      '<!DOCTYPE R SYSTEM "http://127.0.0.1/x"><R/>',
      '<R>&a;</R>',
      '<R>&#0;</R>',
      '<R>&#xD800;</R>',
      '<R>&lt</R>',
      '<R>&constructor;</R>',
      `<R>${'<A/>'.repeat(200_000)}</R>`,
      '<R><![CDATA[x]]></R>',
      '<R><?php x?></R>',
      '<R a=1/>',
      '<R>text<A/></R>',
      '<!-- never closed <R/>',
      '<A>'.repeat(13) + '</A>'.repeat(13),
      '<A>'.repeat(100_000),
    ];
    for (const source of hostile)
      expect([source.slice(0, 40), codeOf(() => parseXml(source))]).toEqual([source.slice(0, 40), 'MalformedXML']);
  });

  it('takes time linear in the input', () => {
    const junk = ['<R ', '<!--', '&', '<R a="', `<R${' a="b"'.repeat(5)}`];
    for (const piece of junk) expect(codeOf(() => parseXml(`<X>${piece.repeat(200_000)}`))).toBe('MalformedXML');
  });
});

describe('request documents', () => {
  it('reads parts with quoted and bare entity tags', () => {
    const source =
      '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><ETag>&quot;aa&quot;</ETag><PartNumber>1</PartNumber></Part>' +
      '<Part><PartNumber>3</PartNumber><ETag>bb</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part></CompleteMultipartUpload>';
    expect(parseCompleteMultipartUpload(source)).toEqual([
      { partNumber: 1, etag: 'aa', checksum: null },
      { partNumber: 3, etag: 'bb', checksum: { algorithm: 'CRC32', value: 'AAAAAA==' } },
    ]);
  });

  it('refuses parts out of order, out of range or missing', () => {
    expect(codeOf(() => parseCompleteMultipartUpload(complete('2', '1')))).toBe('InvalidPartOrder');
    expect(codeOf(() => parseCompleteMultipartUpload(complete('1', '1')))).toBe('InvalidPartOrder');
    expect(codeOf(() => parseCompleteMultipartUpload(complete()))).toBe('MalformedXML');
    expect(codeOf(() => parseCompleteMultipartUpload(complete('0')))).toBe('InvalidArgument');
    expect(codeOf(() => parseCompleteMultipartUpload(complete('10001')))).toBe('InvalidArgument');
    expect(codeOf(() => parseCompleteMultipartUpload(complete('1e3')))).toBe('MalformedXML');
  });

  it('reads deletions, at most a thousand', () => {
    expect(parseDelete(many(1))).toEqual({ quiet: true, objects: [{ key: 'a&b ', versionId: null, etag: null }] });
    expect(codeOf(() => parseDelete(many(1001)))).toBe('MalformedXML');
    expect(codeOf(() => parseDelete(many(0)))).toBe('MalformedXML');
    expect(codeOf(() => parseDelete('<Delete><Object><Key></Key></Object></Delete>'))).toBe('MalformedXML');
  });

  it('reads bucket configuration, tags and versioning', () => {
    expect(parseCreateBucket(' ')).toBeNull();
    expect(parseCreateBucket('<CreateBucketConfiguration><LocationConstraint>eu</LocationConstraint></CreateBucketConfiguration>')).toBe(
      'eu',
    );
    const tags = '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>';
    expect([...parseTagging(tags)]).toEqual([['a', '1']]);
    expect(codeOf(() => parseTagging(tags.replace('</TagSet>', '<Tag><Key>a</Key><Value>2</Value></Tag></TagSet>')))).toBe('InvalidTag');
    expect([...parseTaggingHeader('a=1&b=x%20y')]).toEqual([
      ['a', '1'],
      ['b', 'x y'],
    ]);
    expect(parseVersioningConfiguration('<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>')).toBe('Suspended');
    expect(codeOf(() => parseVersioningConfiguration('<VersioningConfiguration/>'))).toBe('MalformedXML');
  });
});
