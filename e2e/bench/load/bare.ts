import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { BareServerOptions } from './bare-server.ts';
import { bodyOf, readKey } from './scenarios.ts';

export interface Bare {
  readonly base: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the yardstick server on the disk of `projectDir` and in the database of `sql`, by the same kind of socket that storage uses. */
export async function startBare(projectDir: string, databaseUrl: string, sql: Client, sizes: readonly number[]): Promise<Bare> {
  const directory = join(projectDir, '.bench-bare');
  await mkdir(directory, { recursive: true });
  for (const size of sizes) await writeFile(join(directory, readKey(size)), bodyOf(size));
  await sql.query('create table if not exists bench_bare (id bigint generated always as identity primary key, name text, size bigint)');
  const server = fork(join(import.meta.dirname, 'bare-server.ts'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const options: BareServerOptions = { directory, databaseUrl: await bySocket(databaseUrl, sql) };
  server.send(options);
  const [port]: unknown[] = await once(server, 'message');
  return {
    pid: server.pid ?? 0,
    base: `http://127.0.0.1:${String(port)}`,
    async stop() {
      server.kill();
      await sql.query('drop table bench_bare');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function bySocket(databaseUrl: string, sql: Client): Promise<string> {
  const { rows } = await sql.query<{ directories: string }>("select current_setting('unix_socket_directories') as directories");
  const directory = rows[0]?.directories.split(',')[0]?.trim() ?? '';
  if (!directory.startsWith('/')) return databaseUrl;
  const url = new URL(databaseUrl);
  url.searchParams.set('host', directory);
  return url.href;
}
