import { SupastorError } from '@supastor/contract/errors';
import type { EdgeOptions } from './edge-options.ts';
import { renderBackends } from './haproxy-backends.ts';
import { renderFrontends } from './haproxy-frontends.ts';

/** Where an engine resolves the names of services. */
const NAME_SERVER = '127.0.0.11:53';
const PATH = /^[\w./~-]+$/;
const PROXY = /^[0-9A-Fa-f.:]+(?:\/\d{1,3})?$/;

/**
 * The configuration of HAProxy as the edge of a stack. It streams both ways, takes a server out as soon as it says that it is not
 * ready, and sends a request that changes nothing to another server when the first one fails. What replicas there are is not in it
 * when their names are resolved, so scaling leaves it alone.
 * @throws SJ_CONFIG_INVALID when a path or an address could mean something else in such a file
 */
export function renderHaproxyConfig(options: EdgeOptions): string {
  assertPlain(options);
  return `${[GLOBAL, DEFAULTS, ...renderResolvers(options), ...renderFrontends(options), ...renderBackends(options)].join('\n\n')}\n`;
}

const GLOBAL = `global
  log stdout format raw local0 notice
  fd-hard-limit 100000
  hard-stop-after 60s
  # The head of a request may be larger than a storage server takes: that one answers, as it does without us.
  tune.bufsize 32768
  ssl-default-bind-options ssl-min-ver TLSv1.2`;

const DEFAULTS = `defaults
  mode http
  log global
  option dontlog-normal
  retries 3
  option redispatch 1
  option http-keep-alive
  # A machine that is gone says nothing: connections to it are given up after some 20 s, however long its answer may take.
  option srvtcpka
  srvtcpka-idle 5s
  srvtcpka-intvl 5s
  srvtcpka-cnt 3
  timeout connect 2s
  # Between two bytes, not for a whole transfer. Longer than what the servers allow, so that they decide.
  timeout client 300s
  timeout client-fin 30s
  timeout server 300s
  timeout queue 10s
  timeout http-request 60s
  timeout http-keep-alive 60s
  timeout tunnel 1h
  timeout check 1s`;

function renderResolvers({ storage, storageS3, admin, meta }: EdgeOptions): readonly string[] {
  if (![storage, storageS3, admin, meta].some((servers) => servers?.kind === 'resolved')) return [];
  return [
    `resolvers engine
  nameserver dns ${NAME_SERVER}
  resolve_retries 3
  accepted_payload_size 8192
  timeout resolve 500ms
  timeout retry 500ms
  hold valid 500ms
  hold nx 1s
  hold obsolete 1s
  hold other 5s
  hold refused 5s
  hold timeout 5s`,
  ];
}

function assertPlain({ publicUrl, trustedProxies, certificatePath }: EdgeOptions): void {
  const { pathname } = new URL(publicUrl);
  if (!PATH.test(pathname)) throw invalid(`the path of the public URL, ${pathname}`, 'letters, digits and . _ ~ - between slashes');
  for (const proxy of trustedProxies) if (!PROXY.test(proxy)) throw invalid(`the trusted proxy ${proxy}`, 'an address or a range');
  if (certificatePath !== undefined && !PATH.test(certificatePath)) throw invalid(`the path ${certificatePath}`, 'no spaces');
}

function invalid(what: string, wanted: string): SupastorError {
  return new SupastorError('SJ_CONFIG_INVALID', `The edge cannot use ${what}`, { hint: `Use ${wanted}.` });
}
