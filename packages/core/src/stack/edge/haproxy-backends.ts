import { connectHost } from '../references.ts';
import { type EdgeOptions, type EdgeServers, MOUNT, publicPath } from './edge-options.ts';

interface Backend {
  readonly name: string;
  readonly service: string;
  readonly servers: EdgeServers;
  /** Answers 200 when the server wants requests. */
  readonly readyPath: string;
  /** Where that is asked, when it is not where requests go. */
  readonly checkPort?: number | undefined;
  /** What is done to a request before it is passed on. */
  readonly rules?: readonly string[];
  /** Its requests change nothing, so they may be sent again. */
  readonly safe: boolean;
}

/**
 * Groups of servers, each with its health check and with what is tried again. The same storage servers are in three: those that are
 * ready, for what changes nothing and for what does, and all that live.
 */
export function renderBackends(options: EdgeOptions): readonly string[] {
  const { ports, storage, storageS3, admin, meta, isOfficialStorage = false } = options;
  const storageGroups = (service: string, servers: EdgeServers, checkPort?: number) => {
    const rules = isOfficialStorage ? unmount(options) : [];
    const ready = { service, servers, readyPath: isOfficialStorage ? '/status' : '/health/ready', checkPort, rules };
    return [
      renderBackend({ ...ready, name: `${service}_read`, safe: true }),
      renderBackend({ ...ready, name: `${service}_write`, safe: false }),
      renderBackend({ ...ready, name: `${service}_alive`, readyPath: isOfficialStorage ? '/status' : '/health/live', safe: false }),
    ];
  };
  const checkPort = storage?.kind === 'resolved' ? storage.port : undefined;
  return [
    ...(storage === null ? [] : storageGroups('storage', storage)),
    ...(storage === null || storageS3 === undefined || ports.s3 === undefined ? [] : storageGroups('s3', storageS3, checkPort)),
    renderBackend({ name: 'admin', service: 'admin', servers: admin, readyPath: '/health/ready', safe: false }),
    ...(meta === undefined ? [] : metaGroups(meta)),
  ];
}

function metaGroups(servers: EdgeServers): readonly string[] {
  const meta = { service: 'meta', servers, readyPath: '/health' };
  return [renderBackend({ ...meta, name: 'meta_read', safe: true }), renderBackend({ ...meta, name: 'meta', safe: false })];
}

/**
 * A request that changes something goes to another server only when the first cannot have seen it; and never over a connection that
 * was used before, which the server may be closing at that moment.
 */
function renderBackend({ name, service, servers, readyPath, checkPort, rules = [], safe }: Backend): string {
  const policy = safe
    ? ['retry-on conn-failure empty-response junk-response response-timeout 0rtt-rejected 502 503 504', 'timeout server 30s']
    : ['retry-on conn-failure', 'http-reuse never'];
  return [
    `backend ${name}`,
    'balance leastconn',
    ...rules,
    'option httpchk',
    `http-check send meth GET uri ${readyPath} ver HTTP/1.1 hdr Host ${service}`,
    'http-check expect status 200',
    `http-error status 503 content-type application/json string ${UNAVAILABLE} hdr Retry-After 1`,
    ...policy,
    ...renderServers(service, servers, `tcp-ut 20s check inter 500ms fall 2 rise 1${checkPort === undefined ? '' : ` port ${checkPort}`}`),
  ].join('\n  ');
}

/** Cuts off where storage is mounted, and says so: signatures and addresses of uploads are of the whole path. */
function unmount({ publicUrl }: EdgeOptions): readonly string[] {
  return [`http-request set-header X-Forwarded-Prefix ${publicPath(publicUrl)}${MOUNT}`, `http-request replace-path ^${MOUNT}/?(.*) /\\1`];
}

/** As the storage servers say it; quoted as HAProxy wants it. */
const UNAVAILABLE = String.raw`"{\"statusCode\":\"503\",\"error\":\"SlowDown\",\"message\":\"No server is ready; try again\"}"`;

function renderServers(service: string, servers: EdgeServers, check: string): readonly string[] {
  if (servers.kind === 'resolved') {
    const { host, port, max } = servers;
    return [`server-template ${service} 1-${max} ${host}:${port} ${check} resolvers engine resolve-prefer ipv4 init-addr none`];
  }
  return servers.servers.map(({ host, port }, index) => `server ${service}${index + 1} ${connectHost(host)}:${port} ${check}`);
}
