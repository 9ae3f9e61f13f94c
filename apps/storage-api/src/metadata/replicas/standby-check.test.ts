import { expect, test } from 'vitest';
import { positionOf, refusalOf, type StandbyRow } from './standby-check.ts';

const WANTED = positionOf({ system_id: '7', timeline: 1, position: '9007199254740993' });
const STANDBY: StandbyRow = { is_standby: true, system_id: '7', timeline: 1, replayed: '9007199254740993' };

test.each([
  [{}, null],
  [{ replayed: '9007199254740994' }, null],
  [{ replayed: '9007199254740992' }, 'behind'],
  [{ replayed: null }, 'behind'],
  [{ is_standby: false }, 'promoted'],
  [{ timeline: 2 }, 'other-timeline'],
  [{ system_id: '8', is_standby: false }, 'other-cluster'],
])('a standby with %j is %s', (changes, refusal) => {
  expect(refusalOf({ ...STANDBY, ...changes }, WANTED)).toBe(refusal);
});
