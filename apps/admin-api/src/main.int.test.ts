import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { logRecordSchema } from '@supastor/contract/wire/log-record';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const ENVIRONMENT = {
  SUPASTOR_ADMIN_PORT: '0',
  SUPASTOR_ADMIN_EMAIL: 'admin@localhost.local',
  SUPASTOR_ADMIN_PASSWORD: 'canary-password',
  SUPASTOR_ADMIN_SESSION_SECRET: 'canary-session-secret-0123456789-0123456789',
  SUPASTOR_STORAGE_URL: 'http://127.0.0.1:1',
  SERVICE_ROLE_KEY: 'canary-service-key',
  LOG_LEVEL: 'trace',
};
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: string[] = [];
  const { promise: url, resolve } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    const found = /"url":"(http[^"]+)"/.exec(line)?.[1];
    if (found !== undefined) resolve(found);
  });
  return { child, lines, url, exited: once(child, 'close') };
}

describe('the process', () => {
  it('names every mistake of its environment and ends with the code for usage', async () => {
    const { lines, exited } = start({
      SUPASTOR_ADMIN_PORT: 'eighty',
      SUPASTOR_STORAGE_URL: 'nowhere',
      SUPASTOR_ADMIN_SESSION_SECRET: 'short',
    });
    const [code] = await exited;
    expect(code).toBe(2);
    const record = logRecordSchema.parse(JSON.parse(lines[0] ?? ''));
    expect(record).toMatchObject({ level: 'fatal', service: 'admin', code: 'SJ_CONFIG_INVALID' });
    for (const name of ['SUPASTOR_ADMIN_PORT', 'SUPASTOR_STORAGE_URL', 'SESSION_SECRET', 'SUPASTOR_ADMIN_EMAIL', 'SERVICE_ROLE_KEY']) {
      expect(record.msg).toContain(name);
    }
  });

  it('ends cleanly on SIGTERM although a socket and a connection without a request are open, and logs no secret', async () => {
    const { child, lines, url: ready, exited } = start(ENVIRONMENT);
    const url = await ready;
    const login = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: ENVIRONMENT.SUPASTOR_ADMIN_EMAIL, password: ENVIRONMENT.SUPASTOR_ADMIN_PASSWORD }),
    });
    const token = /"token":"([^"]+)"/.exec(await login.text())?.[1] ?? 'none';
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } });
    await once(socket, 'message');
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    idle.on('error', () => {});
    await once(idle, 'connect');
    const closed = once(socket, 'close');
    child.kill('SIGTERM');
    expect((await closed)[0]).toBe(1001);
    const [code] = await exited;
    expect(code).toBe(0);
    idle.destroy();
    for (const line of lines) logRecordSchema.parse(JSON.parse(line));
    expect(lines.join('\n')).not.toContain('canary');
    expect(lines.join('\n')).not.toContain(token);
  });
});
