import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackBench, REFUSED, startAttackBench } from '../../../testing/attack-bench.ts';
import { chunkedWire, formParts, formWire, headerWire, presignedWire, type Wire } from '../../../testing/s3-wire.ts';

const MUTATIONS = Number(process.env['SUPASTOR_FUZZ_RUNS'] ?? '1000');
const SEED = Number(process.env['SUPASTOR_FUZZ_SEED'] ?? '20261125');

/** So many go at once. */
const BATCH = 50;

let bench: AttackBench;
beforeAll(async () => {
  bench = await startAttackBench();
});
afterAll(() => bench.stop());

/** Numbers below `end`, the same for the same seed (mulberry32). */
function createRandom(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  };
}

type Random = (end: number) => number;

/** Requests that would each change something if they were accepted. */
function bases(): readonly Wire[] {
  const { url, uploadId } = bench;
  const put = { method: 'PUT', path: '/s3/main/victim', body: 'evil' };
  const { wire, frames } = chunkedWire(url, { path: put.path, chunks: ['evil', 'bytes'], trailer: ['x-amz-checksum-crc32', 'jGE6lg=='] });
  const conditions = [{ bucket: 'main' }, { key: 'victim' }, { 'content-type': 'text/plain' }];
  return [
    headerWire(url, { ...put, headers: { 'x-amz-meta-note': 'a b', 'x-amz-tagging': 'a=2' } }),
    headerWire(url, { ...put, path: '/s3/main/upload', query: { partNumber: '1', uploadId } }),
    headerWire(url, { method: 'PUT', path: put.path, headers: { 'x-amz-copy-source': '/other/secret' } }),
    headerWire(url, { method: 'DELETE', path: put.path }),
    headerWire(url, {
      method: 'POST',
      path: '/s3/main',
      query: { delete: '' },
      body: '<Delete><Object><Key>victim</Key></Object></Delete>',
    }),
    presignedWire(url, { ...put, headers: { 'content-type': 'text/plain' } }),
    presignedWire(url, { method: 'DELETE', path: put.path }),
    presignedWire(url, { method: 'PUT', path: put.path, query: { 'x-amz-copy-source': '/other/secret' } }),
    { ...wire, body: frames.join('') },
    formWire(url, '/s3/main', formParts({ fields: { key: 'victim', 'content-type': 'text/plain' }, conditions })),
  ];
}

/** Headers whose every character the signature covers. */
const isCovered = (wire: Wire) => (name: string) =>
  name === 'host' ||
  name === 'authorization' ||
  name.startsWith('x-amz-') ||
  (name === 'content-type' && wire.target.includes('content-type'));

function pick<T>(random: Random, list: readonly T[]): T {
  const [found] = list.slice(random(list.length));
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

const FRESH = ['a', 'Z', '0', '9', '_', '-', '.', '~'];

/** One character becomes another, goes, or is doubled; not in a way that leaves the meaning as it was. */
function damage(random: Random, text: string): string {
  const at = pick(
    random,
    Array.from(text, (_, index) => index).filter((index) => !' ='.includes(text.charAt(index))),
  );
  const old = text.charAt(at);
  const fresh = pick(
    random,
    FRESH.filter((char) => char.toLowerCase() !== old.toLowerCase()),
  );
  return text.slice(0, at) + pick(random, [fresh, '', `${old}${fresh}`]) + text.slice(at + 1);
}

function damagedHeader(random: Random, wire: Wire): Wire {
  const name = pick(random, wire.headers.map(([each]) => each).filter(isCovered(wire)));
  return { ...wire, headers: wire.headers.map(([each, value]) => [each, each === name ? damage(random, value) : value]) };
}

/** In a form only the fields are signed, and the file not at all. */
function damagedForm(random: Random, wire: Wire): Wire {
  const [, field = ''] = pick(random, [...wire.body.matchAll(/name="(?:key|x-amz-[a-z]+|policy|content-type)"\r\n\r\n([^\r]+)/g)]);
  return { ...wire, body: wire.body.replace(field, damage(random, field)) };
}

/** A body whose hash, or the hash of whose chunks, is signed. */
const hasSignedBody = ({ target, body }: Wire) => body !== '' && !target.includes('UNSIGNED') && !target.includes('X-Amz-Algorithm');

const ADDED = ['x-amz-copy-source', 'x-amz-meta-note', 'x-amz-tagging', 'x-amz-security-token', 'x-amz-acl', 'x-amz-date'];

const OPERATORS: readonly ((random: Random, wire: Wire) => Wire)[] = [
  damagedHeader,
  damagedHeader,
  (random, wire) => ({ ...wire, target: `/s3/${damage(random, wire.target.slice(4))}` }),
  (random, wire) => (hasSignedBody(wire) ? { ...wire, body: damage(random, wire.body) } : damagedHeader(random, wire)),
  (random, wire) => ({ ...wire, headers: [...wire.headers, [pick(random, ADDED), '/other/secret']] }),
  (random, wire) => ({
    ...wire,
    target: `${wire.target}${wire.target.includes('?') ? '&' : '?'}${pick(random, ['tagging', 'acl', 'x-amz-acl=private', 'versionId=null'])}`,
  }),
  (random, wire) => ({
    ...wire,
    method: pick(
      random,
      ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'].filter((method) => method !== wire.method),
    ),
  }),
  (random, wire) => {
    const gone = pick(random, wire.headers.map(([name]) => name).filter(isCovered(wire)));
    return { ...wire, headers: wire.headers.filter(([name]) => name !== gone) };
  },
];

function mutate(random: Random): Wire {
  const wire = pick(random, bases());
  const isForm = wire.method === 'POST' && wire.target === '/s3/main';
  return isForm ? damagedForm(random, wire) : pick(random, OPERATORS)(random, wire);
}

describe(`${MUTATIONS} mutations of signed requests (seed ${SEED})`, () => {
  it('are all refused, and nothing is touched', { timeout: 600_000 }, async () => {
    const random = createRandom(SEED);
    const accepted: Wire[] = [];
    for (let round = 0; round < MUTATIONS; round += BATCH) {
      const mutants = Array.from({ length: Math.min(BATCH, MUTATIONS - round) }, () => mutate(random));
      const outcomes = await Promise.all(mutants.map((mutant) => bench.attempt(mutant)));
      accepted.push(...mutants.filter((_, index) => !REFUSED.test(outcomes[index] ?? '')));
      expect([accepted, await bench.state()]).toEqual([[], bench.initialState]);
    }
  });

  it('and unchanged they would have been accepted', async () => {
    const outcomes: string[] = [];
    for (const wire of bases().toSorted((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))) {
      outcomes.push(await bench.attempt(wire));
    }
    expect(outcomes).toEqual(['200', '200', '200', '200', '200', '200', '200', '204', '204', '204']);
  });
});
