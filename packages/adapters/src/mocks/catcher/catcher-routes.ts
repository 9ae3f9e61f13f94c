import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { BadRequest, isFromElsewhere, readBody, redirect, sendJson } from '../loopback-server.ts';
import { sendPage } from '../page.ts';
import type { Catch, Refusals } from './catch.ts';
import { listPage, requestPage } from './catcher-pages.ts';

const REFRESH_SECONDS = 4;
const MAX_HOOK_BYTES = 1_048_576;
const MAX_FORM_BYTES = 10_000;

const refusalsSchema = z.object({
  times: z.coerce.number().int().min(0).max(1_000_000),
  status: z.coerce.number().int().min(400).max(599).default(500),
});
const secretSchema = z.object({ secret: z.string().nullable() });

/**
 * Takes webhooks at `/hooks` and below. Pages for people: `/`, `/requests/1`. For programs: `GET` and `DELETE /api/requests`,
 * `GET /api/requests/1`, `POST /api/refuse {times, status}`, `POST /api/secret {secret}`.
 */
export async function handleCatcher(caught: Catch, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://catcher');
  if (/^\/hooks(\/|$)/.test(pathname)) return takeHook(caught, request, response);
  if (request.method === 'POST') return takeOrder(caught, pathname, { request, response });
  if (pathname === '/') {
    return sendPage(response, { title: 'Webhooks', body: listPage(caught), refreshSeconds: REFRESH_SECONDS });
  }
  if (pathname === '/api/requests') {
    if (request.method === 'DELETE') caught.clear();
    return sendJson(response, 200, { requests: caught.list(), refusals: caught.refusals });
  }
  const [, isApi, id] = /^(\/api)?\/requests\/(\d+)$/.exec(pathname) ?? [];
  const found = id === undefined ? null : caught.find(Number(id));
  if (found === null) return sendJson(response, 404, { error: 'there is no such page or request', hint: 'webhooks go to /hooks' });
  if (isApi !== undefined) return sendJson(response, 200, found);
  sendPage(response, { title: `${found.method} ${found.path}`, body: requestPage(found) });
}

async function takeHook(caught: Catch, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '', headers } = request;
  const body = (await readBody(request, MAX_HOOK_BYTES)).toString();
  const { answered } = caught.add({ method, path: url, headers, body });
  response.writeHead(answered).end();
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function takeOrder(caught: Catch, pathname: string, { request, response }: Exchange): Promise<void> {
  if (isFromElsewhere(request)) return sendJson(response, 403, { error: 'another site asked for this' });
  const body = (await readBody(request, MAX_FORM_BYTES)).toString();
  switch (pathname) {
    case '/clear':
      caught.clear();
      return redirect(response, '/');
    case '/refuse':
      caught.refuse(parseRefusals(Object.fromEntries(new URLSearchParams(body))));
      return redirect(response, '/');
    case '/api/refuse':
      caught.refuse(parseRefusals(parseJson(body)));
      return sendJson(response, 200, caught.refusals);
    case '/api/secret': {
      const parsed = secretSchema.safeParse(parseJson(body));
      if (!parsed.success) throw new BadRequest('secret: expected a text, or null to check nothing');
      caught.useSecret(parsed.data.secret);
      return sendJson(response, 200, {});
    }
    default:
      return sendJson(response, 404, { error: 'there is nothing to send here', hint: 'webhooks go to /hooks' });
  }
}

/** @throws BadRequest */
function parseRefusals(value: unknown): Refusals {
  const parsed = refusalsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadRequest('expected `times`, a whole number, and `status` between 400 and 599');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest('expected JSON');
  }
}
