import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadProjectConfig } from './load-project-config.ts';
import { watchProjectConfig, type ConfigWatcher } from './watch-project-config.ts';

const yaml = (port: number) => `version: "1.0"\nenvironments:\n  default:\n    storage:\n      port: ${port}\n`;

let dir: TempDir;
let watcher: ConfigWatcher;
let events: string[];

beforeEach(async () => {
  dir = await createTempDir('watch');
  events = [];
  await write('supastor.config.yaml', yaml(25_001));
  const options = { projectDir: dir.path, environment: null, env: {} };
  watcher = watchProjectConfig({
    ...options,
    current: await loadProjectConfig(options),
    onReload: (_loaded, { changed }) => events.push(`reloaded ${changed.join(',')}`),
    onRefused: (_error, { environment }) => events.push(`refused ${environment}`),
  });
});

afterEach(async () => {
  await watcher.stop();
  await dir.remove();
});

const write = (name: string, text: string) => writeFile(join(dir.path, name), text);
const settles = (expected: readonly string[]) => vi.waitFor(() => expect(events).toEqual(expected), { timeout: 10_000 });

describe('watchProjectConfig', () => {
  test('a change is loaded and named', async () => {
    await write('supastor.config.yaml', yaml(25_002));
    await settles(['reloaded storage.port']);
    expect(watcher.current.config.storage.port).toBe(25_002);
  });

  test('a broken file leaves the old configuration in force until it is mended', async () => {
    await write('supastor.config.yaml', 'version: "1.0"\nenvironments: [');
    await settles(['refused default']);
    expect(watcher.current.config.storage.port).toBe(25_001);
    await write('supastor.config.yaml', yaml(25_003));
    await settles(['refused default', 'reloaded storage.port']);
  });

  test('a file that is replaced by a rename is seen, and so is a new .env', async () => {
    await write('new.yaml', yaml(25_004));
    await rename(join(dir.path, 'new.yaml'), join(dir.path, 'supastor.config.yaml'));
    await settles(['reloaded storage.port']);
    await write('.env', 'LOG_LEVEL=debug\n');
    await settles(['reloaded storage.port', 'reloaded logging.level']);
  });

  test('after stop nothing is reported any more', async () => {
    await watcher.stop();
    await write('supastor.config.yaml', yaml(25_005));
    expect(watcher.current.config.storage.port).toBe(25_001);
    expect(events).toEqual([]);
  });
});
