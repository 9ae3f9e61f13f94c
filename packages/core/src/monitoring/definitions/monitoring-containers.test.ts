import { expect, test } from 'vitest';
import { buildContainerStack } from '../../stack/containers/desired-containers.ts';
import { createTestConfig } from '../../stack/testing/fixtures.ts';

const NOTIFY = { mailTo: ['a@example.org'], telegramToken: '1:a', telegramChat: '-100', webhookUrl: 'https://hooks.example.org/' };
const SECRETS = { scrapeToken: 'token-0123456789-0123456789', grafanaPassword: 'password-of-grafana' };
const build = (monitoring: Record<string, unknown>, containers: Record<string, unknown> = { with: ['monitoring'] }) =>
  buildContainerStack(
    createTestConfig({ project: { mode: 'prod', target: 'docker' }, mail: { host: 'mail.example.org' }, monitoring, containers }),
    'default',
  );
const notifyOf = (stack: ReturnType<typeof build>) => {
  const text = stack.services.find(({ name }) => name === 'admin')?.files.find(({ name }) => name === 'SUPASTOR_NOTIFY')?.content;
  const notify: Record<string, unknown> = JSON.parse(text ?? '{}');
  return notify;
};

test('monitoring comes last, with volumes of its own, and Grafana alone listens on the host, on loopback', () => {
  const stack = build({ ...SECRETS, grafanaPort: 3100 });
  const own = stack.services.slice(-3);
  expect(own.map(({ name, networks }) => [name, networks])).toEqual([
    ['alertmanager', ['front', 'back']],
    ['prometheus', ['back']],
    ['grafana', ['front', 'back']],
  ]);
  expect(own.flatMap(({ published }) => published)).toEqual([{ name: 'http', host: '127.0.0.1', port: 3100, containerPort: 3000 }]);
  expect(stack.volumes).toEqual(expect.arrayContaining(['alertmanager', 'grafana', 'prometheus']));
});

test('Prometheus and admin-api have the same token, both as a file', () => {
  const { services } = build(SECRETS);
  const tokens = services.flatMap(({ files }) => files).filter(({ content }) => content === SECRETS.scrapeToken);
  expect(tokens.map(({ name, secret }) => [name, secret])).toEqual([
    ['SUPASTOR_MONITORING_SCRAPE_TOKEN', true],
    ['scrape-token', true],
  ]);
});

test('nobody is told twice: channels of Alertmanager are no longer those of admin-api', () => {
  expect(notifyOf(build({ notify: NOTIFY }, {}))).toMatchObject(NOTIFY);
  const left = notifyOf(build({ ...SECRETS, notify: NOTIFY }));
  expect(left).toMatchObject({ mailTo: [], webhookUrl: NOTIFY.webhookUrl });
  expect(left).not.toHaveProperty('telegramToken');
});

test('without it there is nothing of it; without its secrets it is refused', () => {
  expect(build({}, {}).services.map(({ name }) => name)).toEqual(['postgres', 'storage', 'meta', 'edge', 'admin', 'agent']);
  expect(() => build({ scrapeToken: SECRETS.scrapeToken })).toThrow('No value for monitoring.grafanaPassword');
});
