import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Pool } from 'pg';

export interface BareServerOptions {
  readonly directory: string;
  readonly databaseUrl: string;
}

const SMALL_BYTES = 64 * 1024;
const CONNECTIONS = 10;

/**
 * The yardsticks: a GET that does nothing but open and send a file, and a PUT that does nothing but write, fsync and
 * insert one row with commit. No names, no rights, no digests, no tidying up: what the machine gives at most.
 */
process.once('message', (options: BareServerOptions) => {
  const pool = new Pool({ connectionString: options.databaseUrl, max: CONNECTIONS });
  const server = createServer((request, response) => {
    const path = join(options.directory, (request.url ?? '/').slice(1));
    const work = request.method === 'PUT' ? put(pool, path, request, response) : get(path, response);
    work.catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.(typeof address === 'object' && address !== null ? address.port : 0);
  });
});

async function get(path: string, response: ServerResponse): Promise<void> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  response.writeHead(200, { 'content-length': size, 'content-type': 'application/octet-stream' });
  if (size > SMALL_BYTES) {
    await pipeline(createReadStream('', { fd: file, highWaterMark: 256 * 1024 }), response).catch(() => {});
    return;
  }
  const { buffer } = await file.read(Buffer.allocUnsafe(size), 0, size, 0);
  await file.close();
  response.end(buffer);
}

async function put(pool: Pool, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = await open(path, 'w');
  let size = 0;
  request.on('data', (chunk: Buffer) => (size += chunk.length));
  const stream = file.createWriteStream({ flush: true });
  request.pipe(stream);
  await once(stream, 'close');
  await pool.query({ name: 'insert', text: 'insert into bench_bare (name, size) values ($1, $2)', values: [path, size] });
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}
