import { expect, test } from 'vitest';
import { advanceAlerts, type StoredAlert, type StoredSilence } from './alert-state.ts';
import type { Breach } from './evaluate-rules.ts';

const SECOND = 1000;
const ERRORS: Breach = { rule: 'error-rate', subject: null, value: 0.2, summary: 'Many requests fail: 20 %' };
const REPEAT_MS = 3600 * SECOND;

/** What a store would hold after each look, and what was said. */
function play() {
  let open: readonly StoredAlert[] = [];
  let ids = 0;
  const said: string[] = [];
  const facts: string[] = [];
  return {
    said,
    facts,
    alerts: () => open,
    acknowledge() {
      open = open.map((alert) => ({ ...alert, acknowledgedBy: 'me@example.org' }));
    },
    look(atSeconds: number, breaches: readonly Breach[], silences: readonly StoredSilence[] = []) {
      const nowMs = atSeconds * SECOND;
      const changes = advanceAlerts({ open, breaches, silences, nowMs, repeatMs: REPEAT_MS, nextId: () => `id${(ids += 1)}` });
      const saved = new Map([...open, ...changes.save].map((alert) => [alert.id, alert]));
      open = [...saved.values()].filter(({ id, state }) => state !== 'resolved' && !changes.drop.includes(id));
      said.push(...changes.notices.map(({ kind, alert }) => `${kind} ${alert.rule} ${alert.value}`));
      facts.push(...changes.events.map(({ kind, alert }) => `${kind} ${alert.rule}`));
    },
  };
}

const silence = (wish: Partial<StoredSilence>): StoredSilence => ({
  id: 's',
  rule: null,
  subject: null,
  reason: 'work',
  by: 'me@example.org',
  createdMs: 0,
  untilMs: 10_000 * SECOND,
  ...wish,
});

test('a condition must hold for its time before anybody is told, and is told once', () => {
  const game = play();
  game.look(0, [ERRORS]);
  game.look(119, [ERRORS]);
  expect([game.alerts()[0]?.state, game.said]).toEqual(['pending', []]);
  game.look(120, [{ ...ERRORS, value: 0.3 }]);
  game.look(135, [ERRORS]);
  expect([game.alerts()[0]?.state, game.said, game.facts]).toEqual(['firing', ['fired error-rate 0.3'], ['fired error-rate']]);
});

test('a condition that goes before its time is forgotten', () => {
  const game = play();
  game.look(0, [ERRORS]);
  game.look(60, []);
  expect(game.alerts()).toEqual([]);
  game.look(120, [ERRORS]);
  expect([game.alerts()[0]?.sinceMs, game.said]).toEqual([120 * SECOND, []]);
});

test('what comes and goes within a minute and a half stays one alert; what is over is told', () => {
  const game = play();
  game.look(0, [ERRORS]);
  game.look(120, [ERRORS]);
  game.look(180, []);
  game.look(200, [ERRORS]);
  game.look(289, []);
  expect(game.said).toEqual(['fired error-rate 0.2']);
  game.look(290, []);
  expect([game.said.at(-1), game.alerts()]).toEqual(['resolved error-rate 0.2', []]);
});

test('an alert is repeated at intervals, until somebody acknowledges it; that it is over is said all the same', () => {
  const game = play();
  for (const at of [0, 120, 3719, 3720, 7300, 7320]) game.look(at, [ERRORS]);
  expect(game.said).toEqual(['fired error-rate 0.2', 'repeated error-rate 0.2', 'repeated error-rate 0.2']);
  game.acknowledge();
  for (const at of [11_000, 20_000]) game.look(at, [ERRORS]);
  expect(game.said).toHaveLength(3);
  game.look(30_000, []);
  expect(game.said.at(-1)).toBe('resolved error-rate 0.2');
});

test('silenced alerts fire without a word, and are told when the silence is over', () => {
  const game = play();
  const silences = [silence({ rule: 'error-rate', untilMs: 1000 * SECOND })];
  for (const at of [0, 120, 999]) game.look(at, [ERRORS], silences);
  expect([game.alerts()[0]?.state, game.said, game.facts]).toEqual(['firing', [], ['fired error-rate']]);
  game.look(1000, [ERRORS], silences);
  expect(game.said).toEqual(['fired error-rate 0.2']);
});

test('an alert that nobody was told of ends without a word', () => {
  const game = play();
  for (const at of [0, 120]) game.look(at, [ERRORS], [silence({})]);
  game.look(500, []);
  expect([game.said, game.facts]).toEqual([[], ['fired error-rate', 'resolved error-rate']]);
});

test('a silence is for its rule and its subject only', () => {
  const game = play();
  const [one, two] = ['a:1', 'b:1'].map((subject): Breach => ({ rule: 'instance-down', subject, value: 0, summary: subject }));
  const breaches = [one, two].filter((breach) => breach !== undefined);
  const silences = [silence({ rule: 'instance-down', subject: 'a:1' }), silence({ rule: 'damage' })];
  for (const at of [0, 60]) game.look(at, breaches, silences);
  expect(game.alerts().map(({ subject, toldMs }) => [subject, toldMs !== null])).toEqual([
    ['a:1', false],
    ['b:1', true],
  ]);
});
