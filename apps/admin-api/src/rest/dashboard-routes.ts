import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { SupastorError } from '@supastor/contract/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface DashboardOptions {
  /** Directory of the built dashboard. */
  readonly dir: string;
  /** URL browsers reach storage at: pages upload to it and show images from it. */
  readonly storageUrl: string;
}

/** Serves the page of the dashboard when the request is for one; false when it is not and somebody else must answer. */
export type ServePage = (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;

const NONCE_PLACEHOLDER = '__CSP_NONCE__';
/** Everything else, directories among them, is an address inside the app. */
const LOOKS_LIKE_FILE = /\.[a-z0-9]+$/i;
const NOT_PAGES = /^\/(api|docs|health)(\/|\?|$)/;

/** Serves the dashboard's files; every other address that asks for HTML is a page of the single-page app. */
export async function registerDashboardRoutes(app: FastifyInstance, { dir, storageUrl }: DashboardOptions): Promise<ServePage> {
  const { default: fastifyStatic } = await import('@fastify/static');
  const readPage = createPageReader(join(dir, 'index.html'));
  const storageOrigin = new URL(storageUrl).origin;

  async function sendPage(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const nonce = randomBytes(16).toString('base64');
    const page = (await readPage().catch(notBuilt)).replaceAll(NONCE_PLACEHOLDER, nonce);
    const isSmall = acceptsBrotli(request);
    if (isSmall) void reply.header('content-encoding', 'br');
    await reply
      .header('content-security-policy', pagePolicy(nonce, storageOrigin))
      .header('cache-control', 'no-cache')
      .header('vary', 'accept-encoding')
      .type('text/html; charset=utf-8')
      .send(isSmall ? compressPage(page) : page);
  }

  await app.register(fastifyStatic, {
    root: dir,
    index: false,
    dotfiles: 'ignore',
    suppressWarning: true,
    cacheControl: false,
    // The build leaves `name.br` and `name.gz` beside each text file.
    preCompressed: true,
    allowedPath: (path) => LOOKS_LIKE_FILE.test(path),
    setHeaders: (reply, path) => {
      const immutable = path.startsWith(join(dir, 'assets'));
      void reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  // These are the page for everybody; other addresses are for those who ask for a page, so that a mistyped one is no page to a program.
  for (const path of ['/', '/index.html']) {
    app.get(path, async (request, reply) => {
      await sendPage(request, reply);
      return reply;
    });
  }

  return async (request, reply) => {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage || NOT_PAGES.test(request.url)) return false;
    await sendPage(request, reply);
    return true;
  };
}

function notBuilt(cause: unknown): never {
  throw new SupastorError('SJ_NOT_FOUND', 'The dashboard is not built.', { hint: 'Build it with `npm run build`, then reload.', cause });
}

function acceptsBrotli({ headers }: FastifyRequest): boolean {
  const offered = headers['accept-encoding'] ?? '';
  return /(^|,)\s*br\s*(,|;\s*q=(?!0(\.0*)?\s*(,|$))|$)/i.test(offered);
}

/** The page has nothing secret in it and nothing of whoever asks, so that its size tells nobody anything. */
function compressPage(page: string): Buffer {
  return brotliCompressSync(page, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}

/** Reads index.html once per version of the file, so that a rebuilt dashboard is picked up. */
function createPageReader(path: string): () => Promise<string> {
  let cached: { readonly mtimeMs: number; readonly text: string } | undefined;
  return async () => {
    const { mtimeMs } = await stat(path);
    if (cached?.mtimeMs !== mtimeMs) cached = { mtimeMs, text: await readFile(path, 'utf8') };
    return cached.text;
  };
}

function pagePolicy(nonce: string, storageOrigin: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    `img-src 'self' data: blob: ${storageOrigin}`,
    `media-src 'self' blob: ${storageOrigin}`,
    `connect-src 'self' ${storageOrigin}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}
