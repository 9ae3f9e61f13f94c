import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findQuietPort } from '@supastor/testkit/harness/free-port';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { expect } from 'vitest';
import { type CliResult, runCli } from '../harness/cli.ts';
import { docker, IMAGE_SETTINGS, runningContainers } from './docker.ts';

const COMMAND_TIMEOUT_MS = 240_000;
const HEALTHY = { timeout: 120_000, interval: 1000 };

/** What `supastor status` and `supastor up` tell, as far as tests look at it. */
export interface Report {
  readonly healthy: boolean;
  readonly plan: { readonly steps: readonly { readonly id: string }[]; readonly unchanged: readonly string[] };
  readonly services: readonly {
    readonly name: string;
    readonly state: string;
    readonly detail: string | null;
    readonly instances: readonly { readonly name: string; readonly node: string | null; readonly memoryBytes: number | null }[];
  }[];
}

/** A project whose services are containers, driven by the command line as a user drives it. */
export interface ContainerProject {
  readonly name: string;
  /** The edge, without a path. */
  readonly url: string;
  supastor(...args: readonly string[]): Promise<CliResult>;
  /** Runs a command that must succeed; its result. */
  succeed<T>(...args: readonly string[]): Promise<T>;
  /** What is in `.env`. */
  secrets(): Promise<ReadonlyMap<string, string>>;
  untilHealthy(service: string, detail: string | null): Promise<void>;
  /** Name of a running container of a service. */
  oneOf(service: string): Promise<string>;
  /** Removes the containers, the volumes and the directory. */
  destroy(): Promise<void>;
}

/** Makes a project for production that uses the images of the tests; starts nothing. `settings` are variables of its `.env`. */
export async function createContainerProject(
  name: string,
  settings: Readonly<Record<string, string>> = {},
  target: 'docker' | 'swarm' = 'docker',
): Promise<ContainerProject> {
  const dir = await createTempDir('containers');
  const port = await findQuietPort();
  await runCli(['init', '--prod', '--name', name], { projectDir: dir.path });
  const configFile = join(dir.path, 'supastor.config.yaml');
  await writeFile(configFile, (await readFile(configFile, 'utf8')).replace('target: docker', `target: ${target}`));
  const all = { ...IMAGE_SETTINGS, SUPASTOR_EDGE_PORT: String(port), ...settings };
  const lines = Object.entries(all).map(([key, value]) => `${key}=${value}\n`);
  await appendFile(join(dir.path, '.env'), lines.join(''));
  const supastor = (...args: readonly string[]) => runCli([...args, '-o', 'json'], { projectDir: dir.path, timeoutMs: COMMAND_TIMEOUT_MS });
  const look = async (): Promise<Report> => JSON.parse((await supastor('status')).stdout);
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    supastor,
    async succeed(...args) {
      const { code, stdout, stderr } = await supastor(...args);
      if (code !== 0) throw new Error(`supastor ${args.join(' ')} ended with ${code}\n${stderr}\n${stdout}`);
      return JSON.parse(stdout);
    },
    async secrets() {
      const text = await readFile(join(dir.path, '.env'), 'utf8');
      const assignments = text.split('\n').filter((line) => /^[A-Z]/.test(line));
      return new Map(assignments.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    },
    async untilHealthy(service, detail) {
      const wanted = expect.objectContaining({ name: service, state: 'healthy', detail });
      await expect.poll(look, HEALTHY).toMatchObject({ services: expect.arrayContaining([wanted]) });
    },
    async oneOf(service) {
      const [container] = await runningContainers(name, service);
      if (container === undefined) throw new Error(`no container of ${service}`);
      return container;
    },
    async destroy() {
      await supastor('down', '--volumes', '--yes');
      await dir.remove();
    },
  };
}

/** Address of a container within the stack's networks, which this machine can reach too. */
export async function addressOf(container: string): Promise<string> {
  const addresses = await docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}', container);
  const [address = ''] = addresses.trim().split(' ');
  return address;
}
