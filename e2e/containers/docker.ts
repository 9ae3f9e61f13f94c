import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const IMAGES = ['postgres', 'haproxy', 'storage-api', 'meta', 'admin-api', 'prometheus', 'alertmanager', 'grafana'].map(
  (name) => `supastor-test/${name}:1`,
);

/** Why containers cannot be tested here; null when they can. */
export function whyNoContainers(): string | null {
  const engine = spawnSync('docker', ['info', '--format', '{{.ServerVersion}}'], { encoding: 'utf8' });
  if (engine.status !== 0) return 'no Docker engine answers';
  const images = spawnSync('docker', ['image', 'inspect', ...IMAGES], { encoding: 'utf8' });
  return images.status === 0 ? null : 'the images are not there: run e2e/containers/build-images.sh';
}

/** Runs the engine's own client, which shares no code with the product. Returns what it printed. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', [...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** Names of the running containers of a service, oldest number first. */
export async function runningContainers(project: string, service: string): Promise<readonly string[]> {
  const filters = ['--filter', `label=io.supastor.project=${project}`, '--filter', `label=io.supastor.service=${service}`];
  const names = await docker('ps', ...filters, '--format', '{{.Names}}');
  return names === '' ? [] : names.split('\n').toSorted();
}

/** Settings that make the product use the images of the tests. */
export const IMAGE_SETTINGS = {
  SUPASTOR_IMAGE_POSTGRES: 'supastor-test/postgres:1',
  SUPASTOR_IMAGE_EDGE: 'supastor-test/haproxy:1',
  SUPASTOR_IMAGE_STORAGE: 'supastor-test/storage-api:1',
  SUPASTOR_IMAGE_META: 'supastor-test/meta:1',
  SUPASTOR_IMAGE_ADMIN: 'supastor-test/admin-api:1',
  SUPASTOR_IMAGE_PROMETHEUS: 'supastor-test/prometheus:1',
  SUPASTOR_IMAGE_ALERTMANAGER: 'supastor-test/alertmanager:1',
  SUPASTOR_IMAGE_GRAFANA: 'supastor-test/grafana:1',
} as const;
