import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findQuietPort } from '@supastor/testkit/harness/free-port';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker, IMAGE_SETTINGS, runningContainers, whyNoContainers } from './containers/docker.ts';
import { type CliResult, runCli } from './harness/cli.ts';

const why = whyNoContainers();
if (why !== null) process.stderr.write(`e2e/monitoring is skipped: ${why}\n`);

/** An alert takes minutes to fire; only in `npm run soak`. */
const IS_LONG = Number(process.env['SUPASTOR_CONTAINER_ROUNDS'] ?? '1') > 1;
const project = `e2e-monitoring-${process.pid}`;
let dir: TempDir;
let grafana: string;

async function supastor(...args: readonly string[]): Promise<CliResult> {
  return runCli([...args, '-o', 'json'], { projectDir: dir.path, timeoutMs: 240_000 });
}

async function succeed<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await supastor(...args);
  if (code !== 0) throw new Error(`supastor ${args.join(' ')} ended with ${code}\n${stderr}\n${stdout}`);
  const value: T = JSON.parse(stdout);
  return value;
}

interface Report {
  readonly plan: { readonly steps: readonly { readonly id: string }[]; readonly unchanged: readonly string[] };
  readonly services: readonly { readonly name: string; readonly state: string }[];
  readonly connection: Readonly<Record<string, string>>;
}

/** What a server inside the stack answers, asked from a container beside it. */
async function ask<T>(url: string): Promise<T> {
  const [container = ''] = await runningContainers(project, 'prometheus');
  const value: T = JSON.parse(await docker('exec', container, 'wget', '-qO-', url));
  return value;
}

async function passwordOfGrafana(): Promise<string> {
  return /^SUPASTOR_GRAFANA_PASSWORD=(.*)$/m.exec(await readFile(join(dir.path, '.env'), 'utf8'))?.[1] ?? '';
}

describe.skipIf(why !== null)('a stack of containers with monitoring', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    dir = await createTempDir('monitoring');
    const [edgePort, grafanaPort] = [await findQuietPort(), await findQuietPort()];
    grafana = `http://127.0.0.1:${grafanaPort}`;
    await runCli(['init', '--prod', '--name', project], { projectDir: dir.path });
    const settings = { ...IMAGE_SETTINGS, SUPASTOR_EDGE_PORT: String(edgePort), SUPASTOR_GRAFANA_PORT: String(grafanaPort) };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    await appendFile(join(dir.path, '.env'), lines.join(''));
    await succeed('up', '--prod', '--scale', 'storage=2', '--with', 'monitoring');
  }, 400_000);

  afterAll(async () => {
    await supastor('down', '--volumes', '--yes');
    await dir?.remove();
  }, 300_000);

  test('runs it, says where Grafana is, and still does at the next up', async () => {
    const report = await succeed<Report>('up', '--prod');
    expect(report.plan.steps).toEqual([]);
    expect(report.services.map(({ name }) => name)).toEqual(expect.arrayContaining(['alertmanager', 'prometheus', 'grafana']));
    expect(report.connection['GRAFANA_URL']).toBe(grafana);
  });

  test('scrapes every replica of storage once, admin-api with its token, and the balancer', async () => {
    interface Targets {
      readonly data: { readonly activeTargets: readonly { readonly labels: { readonly job: string }; readonly health: string }[] };
    }
    const look = async () => {
      const { data } = await ask<Targets>('http://127.0.0.1:9090/api/v1/targets?state=active');
      return data.activeTargets.map(({ labels, health }) => `${labels.job} ${health}`).toSorted();
    };
    await expect
      .poll(look, { timeout: 120_000, interval: 2000 })
      .toEqual(['admin up', 'alertmanager up', 'edge up', 'prometheus up', 'storage up', 'storage up']);
  });

  test('has our rules without an error, and an Alertmanager to tell', async () => {
    interface Rules {
      readonly data: { readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly lastError?: string }[] }[] };
    }
    const { data } = await ask<Rules>('http://127.0.0.1:9090/api/v1/rules');
    const rules = data.groups.flatMap((group) => group.rules);
    expect(rules.map(({ name }) => name)).toContain('instance-down');
    expect(rules.filter(({ lastError }) => lastError !== undefined)).toEqual([]);
    const told = await ask<{ readonly data: { readonly activeAlertmanagers: readonly unknown[] } }>(
      'http://127.0.0.1:9090/api/v1/alertmanagers',
    );
    expect(told.data.activeAlertmanagers).toHaveLength(1);
  });

  if (IS_LONG) {
    test('tells Alertmanager when a replica is gone', async () => {
      const [replica = ''] = await runningContainers(project, 'storage');
      await docker('pause', replica);
      interface Alert {
        readonly labels: { readonly alertname: string };
      }
      const alerts = async () => (await ask<Alert[]>('http://alertmanager:9093/api/v2/alerts')).map(({ labels }) => labels.alertname);
      await expect.poll(alerts, { timeout: 240_000, interval: 3000 }).toContain('instance-down');
      await docker('unpause', replica);
      await expect.poll(async () => (await supastor('status')).code, { timeout: 120_000, interval: 1000 }).toBe(0);
    });
  }

  test('gives Grafana its data source, dashboards and password: every query is answered', async () => {
    const authorization = `Basic ${Buffer.from(`admin:${await passwordOfGrafana()}`).toString('base64')}`;
    expect((await fetch(`${grafana}/check`)).status).toBe(401);
    const answer = await fetch(`${grafana}/check`, { headers: { authorization } });
    const results: { expr: string; status: string; values: number }[] = JSON.parse(await answer.text());
    expect(results.filter(({ status }) => status !== 'success')).toEqual([]);
    expect(results.filter(({ values }) => values > 0).length).toBeGreaterThan(5);
  });

  test('shows no secret of it to those who can look at containers', async () => {
    const ids = (await docker('ps', '-aq', '--filter', `label=io.supastor.project=${project}`)).split('\n');
    const shown = await docker('inspect', ...ids);
    expect(shown).not.toContain(await passwordOfGrafana());
  });

  test('is gone, and nothing else is touched, once it is asked to go', async () => {
    const { plan, services } = await succeed<Report>('up', '--prod', '--without', 'monitoring');
    expect(plan.unchanged).toEqual(expect.arrayContaining(['postgres', 'storage', 'meta', 'edge']));
    expect(services.map(({ name }) => name)).not.toContain('prometheus');
    expect((await succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
  });
});
