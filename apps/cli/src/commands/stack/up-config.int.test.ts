import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStackCli, type StackCli, until } from '../../testing/stack-cli.ts';

// Whole stacks are started; a busy machine may need a while.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: StackCli;
const supastor: StackCli['supastor'] = (...args) => cli.supastor(...args);

beforeEach(async () => {
  cli = await createStackCli();
});
afterEach(() => cli.remove());

async function pidOf(service: string): Promise<number | undefined> {
  const { out, ended } = supastor('status', '-o', 'json');
  await ended;
  const { services }: { services: readonly { name: string; pid: number }[] } = JSON.parse(out.stdout);
  return services.find(({ name }) => name === service)?.pid;
}

test('a foreground stack refuses a broken configuration, keeps running, and applies the mended one', async () => {
  const up = supastor('up', '--dev');
  await until(() => up.out.stdout.includes('is up'));
  const [storage, postgres] = [await pidOf('storage'), await pidOf('postgres')];
  const file = join(cli.path, 'supastor.config.yaml');
  const good = await readFile(file, 'utf8');

  await writeFile(file, `${good}\nnonsense: [`);
  await until(() => up.out.stderr.includes('the old one stays'));
  expect(await pidOf('storage')).toBe(storage);

  const newer = good.replace(/^( {2}default:.*)$/m, '$1\n    logging:\n      level: warn');
  await writeFile(file, newer);
  await until(() => up.out.stderr.includes('configuration changed: logging.level'));
  await until(async () => (await pidOf('storage')) !== storage);
  expect(await pidOf('postgres')).toBe(postgres);
  up.child.kill('SIGTERM');
  await up.ended;
});

test('a clone that has the configuration but no secrets gets new ones with --dev', async () => {
  expect((await supastor('init', '--dev').ended).code).toBe(0);
  await rm(join(cli.path, '.env'));
  const without = supastor('up', '-d');
  expect((await without.ended).code).toBe(2);
  expect(without.out.stderr).toContain('auth.jwtSecret');
  const made = supastor('up', '-d', '--dev');
  expect((await made.ended).code, made.out.stderr).toBe(0);
  expect(await readFile(join(cli.path, '.env'), 'utf8')).toContain('JWT_SECRET=');
});
