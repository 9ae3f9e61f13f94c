import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../testing/run-cli.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir('init');
});
afterEach(() => dir.remove());

const run = (args: readonly string[]) => runCli(args, { cwd: dir.path });

describe('supastor init', () => {
  test('without a terminal it asks nothing and never prints a secret', async () => {
    const { code, stdout, stderr } = await run(['init', '--name', 'shop']);
    const password = /^SUPASTOR_ADMIN_PASSWORD=(.+)$/m.exec(await readFile(join(dir.path, '.env'), 'utf8'))?.[1] ?? '';
    expect([code, stderr, password.length]).toEqual([0, '', 20]);
    expect(stdout).toContain('created  supastor.config.yaml\n');
    expect(stdout).toContain('Next: supastor up\n');
    expect(stdout).not.toContain(password);
    expect((await run(['config', 'validate', '--all'])).stderr).toBe('');
  });

  test('as JSON it says what it did; the second time nothing', async () => {
    expect(JSON.parse((await run(['init', '-o', 'json'])).stdout)).toMatchObject({
      created: ['supastor.config.yaml', '.gitignore', '.supastor/config.schema.json', '.env'],
      generated: expect.arrayContaining(['JWT_SECRET']),
    });
    expect(JSON.parse((await run(['init', '-o', 'json'])).stdout)).toMatchObject({ created: [], updated: [], generated: [] });
  });

  test('--prod refuses publicly known secrets with exit code 2', async () => {
    await writeFile(join(dir.path, '.env'), 'JWT_SECRET=super-secret-jwt-token-with-at-least-32-characters-long\n');
    expect(await run(['init', '--prod'])).toMatchObject({ code: 2, stderr: expect.stringContaining('JWT_SECRET; nothing was changed') });
  });

  test('a directory that cannot be written ends with 1 and a hint', async () => {
    const { code, stderr } = await run(['init', '--project-dir', '/sys/kernel']);
    expect(code).toBe(1);
    expect(stderr).toContain('SJ_DIRECTORY_NOT_WRITABLE');
    expect(stderr).toContain('hint: ');
  });
});
