import { appendFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';

// A tiny service for tests of the supervisor: answers 200 everywhere, and misbehaves when a file of that name is in FIXTURE_DIR.
const { env } = process;
const name = env['FIXTURE_NAME'] ?? 'fixture';
const dir = env['FIXTURE_DIR'] ?? '/nonexistent';
const port = Number(env['SERVER_PORT'] ?? env['PG_META_PORT'] ?? env['SUPASTOR_ADMIN_PORT']);
const told = (what: string) => existsSync(`${dir}/${name}-${what}`);
const journal = (line: string) => appendFileSync(`${dir}/journal`, `${line} ${name}\n`);
const say = (level: string, msg: string) =>
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, service: name, msg })}\n`);

if (told('exits')) {
  process.stderr.write('Error: the fixture was told to exit\n');
  process.exit(7);
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://fixture');
  if (url.pathname === '/say') {
    for (let index = 0; index < Number(url.searchParams.get('times') ?? 1); index++)
      say('info', `${url.searchParams.get('msg') ?? ''} ${index}`);
  }
  response.writeHead(told('sick') ? 503 : 200).end(JSON.stringify(env));
});
server.listen(port, '127.0.0.1', () => {
  journal('started');
  say('info', 'listening');
});
process.on('SIGTERM', () => {
  if (told('ignores-term')) return;
  journal('stopped');
  process.exit(0);
});
