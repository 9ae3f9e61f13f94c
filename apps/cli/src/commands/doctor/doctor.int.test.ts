import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runCli } from '../../testing/run-cli.ts';

const reportSchema = z.object({
  environment: z.string().nullable(),
  failed: z.number(),
  checks: z.array(
    z.object({ id: z.string(), status: z.enum(['ok', 'warn', 'fail', 'skip']), detail: z.string(), fix: z.string().nullable() }),
  ),
});

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir('doctor');
});
afterEach(() => dir.remove());

const run = (args: readonly string[]) => runCli(args, { cwd: dir.path });

async function diagnose(): Promise<{
  readonly code: number | null;
  readonly statusOf: (id: string) => string | undefined;
  readonly report: z.infer<typeof reportSchema>;
}> {
  const { code, stdout } = await run(['doctor', '-o', 'json']);
  const report = reportSchema.parse(JSON.parse(stdout));
  return { code, report, statusOf: (id) => report.checks.find((check) => check.id === id)?.status };
}

describe('supastor doctor', () => {
  test('finds a fresh project in order', async () => {
    await run(['init']);
    const { code, report, statusOf } = await diagnose();
    expect(report.checks.filter((check) => check.status === 'fail')).toEqual([]);
    expect([code, report.environment]).toEqual([0, 'default']);
    expect(['config', 'secrets', 'api-keys', 'env-mode', 'postgres-programs', 'state-dir'].map(statusOf)).toEqual([
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
    expect(['supervisor', 'services'].map(statusOf)).toEqual(['skip', 'skip']);
    expect(['store', 'store-space'].map(statusOf)).not.toContain(undefined);
    expect(report.checks.length).toBeGreaterThanOrEqual(14);
  });

  test('without a project only the configuration fails', async () => {
    const { code, report } = await diagnose();
    expect([code, report.checks.filter((check) => check.status === 'fail').map((check) => check.id)]).toEqual([10, ['config']]);
  });

  test('finds what is wrong and says how to mend it', async () => {
    await run(['init']);
    await mkdir(join(dir.path, '.git'));
    await writeFile(join(dir.path, '.gitignore'), 'dist\n');
    await chmod(join(dir.path, '.env'), 0o644);
    const { code, report, statusOf } = await diagnose();
    expect([code, statusOf('env-mode'), statusOf('gitignore')]).toEqual([10, 'fail', 'fail']);
    expect(report.checks.filter((check) => (check.status === 'fail' || check.status === 'warn') && check.fix === null)).toEqual([]);
    const { stdout } = await run(['doctor']);
    expect(stdout).toContain('chmod 600 .env');
    expect(stdout).toContain('2 failed');
  });

  test('finds a bucket for the bytes that nobody serves', async () => {
    await run(['init']);
    const keys = ['accessKeyId', 'secretAccessKey'].flatMap((name) => ['--set', `storage.s3.${name}=x`]);
    const bucket = ['--set', 'storage.backend=s3', '--set', 'storage.s3.endpoint=http://127.0.0.1:1', '--set', 'storage.s3.bucket=bytes'];
    const { code, stdout } = await run([...bucket, ...keys, 'doctor', '-o', 'json']);
    const store = reportSchema.parse(JSON.parse(stdout)).checks.find((check) => check.id === 'store');
    expect([code, store]).toMatchObject([10, { status: 'fail', fix: expect.stringContaining('storage.s3.endpoint') }]);
  });

  test('sees that a port is taken', async () => {
    await run(['init']);
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { stdout } = await run(['--set', `storage.port=${port}`, 'doctor', '-o', 'json']);
    await new Promise((resolve) => server.close(resolve));
    const ports = reportSchema.parse(JSON.parse(stdout)).checks.find((check) => check.id === 'ports');
    expect(ports).toMatchObject({ status: 'warn', detail: expect.stringContaining(`${port} (storage)`) });
  });
});
