import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { configSchema } from '@supastor/contract/config/schema';
import { monitoringContainers } from '@supastor/core/monitoring/definitions/monitoring-containers';
import { FILES_DIR } from '@supastor/core/stack/containers/container-spec';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const [PROMTOOL, AMTOOL] = ['/usr/bin/promtool', '/usr/bin/amtool'];

const config = configSchema.parse({
  mail: { host: 'mail.example.org', user: 'u', password: 'p' },
  containers: { with: 'monitoring' },
  monitoring: {
    scrapeToken: 'scrape-token-of-these-tests',
    grafanaPassword: 'password-of-grafana',
    alerts: { errorPercent: 3 },
    notify: {
      mailTo: ['ops@example.org'],
      slackUrl: 'https://hooks.slack.com/services/T/B/X',
      telegramToken: '1:a',
      telegramChat: '-100123',
      ntfyUrl: 'https://ntfy.sh/topic',
      ntfyToken: 'tk_1',
    },
  },
});
const containers = monitoringContainers(config);

let dir: TempDir;

/** The files where a container would find them, under a directory of this test. */
beforeAll(async () => {
  dir = await createTempDir('monitoring');
  for (const { name, content } of containers.flatMap(({ files }) => files)) {
    const path = join(dir.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content.replaceAll(FILES_DIR, dir.path));
  }
});
afterAll(async () => {
  await dir.remove();
});

/** One condition over ten minutes, at one sample a minute. */
const alertTest = (alert: string, series: Record<string, string>, labels: Record<string, string> = {}) => ({
  interval: '1m',
  input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
  alert_rule_test: [{ eval_time: '10m', alertname: alert, exp_alerts: [{ exp_labels: { severity: SEVERITY[alert], ...labels } }] }],
});
const SEVERITY: Readonly<Record<string, string>> = {
  'instance-down': 'critical',
  damage: 'critical',
  'error-rate': 'critical',
  'webhooks-failing': 'warning',
};

describe.skipIf(!existsSync(PROMTOOL))('definitions for Prometheus', () => {
  it('are accepted by promtool', async () => {
    const { stdout } = await run(PROMTOOL, ['check', 'config', join(dir.path, 'prometheus.yml')]);
    expect(stdout).toContain('14 rules found');
  });

  it('fire on what they are about', async () => {
    const requests = 'storage_http_request_duration_seconds_count{route="/object/*",method="GET",';
    const deliveries = 'storage_webhook_deliveries_total';
    const tests = [
      alertTest('webhooks-failing', { [`${deliveries}{outcome="failed"}`]: '0+5x15' }),
      alertTest('webhooks-failing', { [`${deliveries}{outcome="failed"}`]: '0+6x15', [`${deliveries}{outcome="delivered"}`]: '0+5x15' }),
      alertTest('instance-down', { 'up{job="storage",instance="a:1"}': '0x15' }, { job: 'storage', instance: 'a:1' }),
      alertTest('damage', { 'supastor_damage_open{subject="postgres",instance="x"}': '2x15' }),
      alertTest('error-rate', { [`${requests}status="200"}`]: '0+95x15', [`${requests}status="503"}`]: '0+5x15' }),
    ];
    // What an alert says is not compared here: only which ones fire, with which labels.
    const rules = JSON.parse(
      containers.find(({ name }) => name === 'prometheus')?.files.find(({ name }) => name === 'rules.yml')?.content ?? '',
    );
    for (const rule of rules.groups[0].rules) delete rule.annotations;
    await writeFile(join(dir.path, 'bare.yml'), JSON.stringify(rules));
    await writeFile(join(dir.path, 'tests.yml'), JSON.stringify({ rule_files: ['bare.yml'], tests }));
    const { stdout } = await run(PROMTOOL, ['test', 'rules', join(dir.path, 'tests.yml')]);
    expect(stdout).toContain('SUCCESS');
  });
});

describe.skipIf(!existsSync(AMTOOL))('definitions for Alertmanager', () => {
  it('are accepted by amtool, with every channel', async () => {
    const { stdout } = await run(AMTOOL, ['check-config', join(dir.path, 'alertmanager.yml')]);
    expect(stdout).toContain('SUCCESS');
    const content = containers.find(({ name }) => name === 'alertmanager')?.files[0]?.content ?? '';
    const [receiver] = JSON.parse(content).receivers;
    expect(Object.keys(receiver)).toEqual(['name', 'email_configs', 'slack_configs', 'telegram_configs', 'webhook_configs']);
  });
});

describe('definitions', () => {
  it('keep secrets in files that are marked as such, and nowhere else', () => {
    const secrets = ['hooks.slack.com', 'tk_1', 'scrape-token-of-these-tests', 'password-of-grafana'];
    const open = JSON.stringify(containers.map(({ files, ...rest }) => ({ rest, files: files.filter(({ secret }) => !secret) })));
    expect(secrets.filter((secret) => open.includes(secret))).toEqual([]);
  });

  it('give Grafana a panel with a query for every line', () => {
    const file = containers.find(({ name }) => name === 'grafana')?.files.find(({ name }) => name === 'dashboards/supastor.json');
    const { panels } = JSON.parse(file?.content ?? '');
    expect(panels.length).toBeGreaterThan(8);
    const queries = panels.flatMap((panel: { targets: { expr: string | null }[] }) => panel.targets.map(({ expr }) => expr));
    expect(queries.filter((expr: string | null) => expr === null)).toEqual([]);
  });
});
