import { createServer, type IncomingMessage, request as forward, type ServerResponse } from 'node:http';

/** Routes that the original has none of, below its mount. */
const OURS =
  /^\/(?:links|quotas|webhooks|webhook-deliveries|maintenance|s3-keys|archive|health\/(?:live|ready)|bucket\/[^/]+\/lifecycle)(?:[/?]|$)/;
/** Fields of JSON bodies, in both directions, that the original does not know. */
const OUR_FIELDS: ReadonlySet<string> = new Set([
  'versioning_status',
  'versionId',
  'sourceVersionId',
  'noncurrentVersions',
  'deleteMarkers',
  'exactMatch',
  'is_delete_marker',
  'archived_at',
  'sha256',
]);
const OUR_QUERY = ['versionId', 'versions'];

export interface OfficialGate {
  /** Base URL, without a path. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Stands before our storage server and lets through what the original has: its routes, and the fields that it reads and writes. All
 * else is answered, or passed over, as the original does.
 */
export async function startOfficialGate(target: string): Promise<OfficialGate> {
  const server = createServer((request, response) => {
    pass(request, response, target).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function pass(request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
  const { method = 'GET', url: path = '/' } = request;
  if (OURS.test(path.replace(/^\/storage\/v1/, ''))) {
    request.resume();
    const body = { message: `Route ${method}:${path} not found`, error: 'Not Found', statusCode: 404 };
    response.writeHead(404, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    return;
  }
  const asked = new URL(target + path);
  for (const name of OUR_QUERY) asked.searchParams.delete(name);
  const sent = withoutOurs(await bytesOf(request), request.headers['content-type']);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { ...request.headers, 'content-length': String(sent.length) };
    delete headers['transfer-encoding'];
    forward(asked, { method, headers }, resolve).once('error', reject).end(sent);
  });
  const received = await bytesOf(answer);
  const body = method === 'HEAD' ? received : withoutOurs(received, answer.headers['content-type']);
  const { 'transfer-encoding': _, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, method === 'HEAD' ? headers : { ...headers, 'content-length': String(body.length) });
  response.end(body);
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A JSON text that was stored as an object is left alone as well as anything else that is no answer of the protocol. */
function withoutOurs(body: Buffer, type: string | undefined): Buffer {
  if (type?.startsWith('application/json') !== true || body.length === 0) return body;
  const text = JSON.stringify(JSON.parse(body.toString('utf8')), (key, value: unknown) => (OUR_FIELDS.has(key) ? undefined : value));
  return Buffer.from(text);
}
