import { MAX_REPLICAS } from '@supastor/contract/config/containers';
import { CONTAINER_PORTS } from './services/from-service.ts';

/** What HAProxy is told. Servers come from the engine's name server, as many as there are. */
export function renderEdgeConfig(options: { readonly storage: boolean }): string {
  const { edge, edgeHealth, meta, storage, admin } = CONTAINER_PORTS;
  return `${[
    GLOBAL,
    `frontend health
  bind :${edgeHealth}
  http-request return status 200 content-type text/plain string ok`,
    `frontend public
  bind :${edge}
  option forwardfor
  http-request set-header X-Forwarded-Proto http unless { req.hdr(X-Forwarded-Proto) -m found }
  acl is_safe method GET HEAD OPTIONS
${options.storage ? STORAGE_ROUTES : ''}  default_backend admin`,
    // Only the stack's own network reaches this one: the host publishes the other alone.
    `frontend meta
  bind :${meta}
  default_backend meta`,
    ...(options.storage
      ? [
          backend({ name: 'storage_read', service: 'storage', port: storage, path: '/health/ready', safe: true }),
          backend({ name: 'storage_write', service: 'storage', port: storage, path: '/health/ready', safe: false }),
        ]
      : []),
    backend({ name: 'admin', service: 'admin', port: admin, path: '/health/ready', safe: false }),
    backend({ name: 'meta', service: 'meta', port: meta, path: '/health', safe: false }),
  ].join('\n\n')}\n`;
}

const STORAGE_ROUTES = `  acl is_storage path_beg /storage/v1/
  use_backend storage_read if is_storage is_safe
  use_backend storage_write if is_storage
`;

const GLOBAL = `global
  fd-hard-limit 100000
  hard-stop-after 60s

defaults
  mode http
  retries 3
  option redispatch 1
  option http-keep-alive
  timeout connect 2s
  timeout client 300s
  timeout server 300s
  timeout queue 10s
  timeout http-request 60s
  timeout http-keep-alive 60s
  timeout tunnel 1h
  timeout check 1s

resolvers engine
  nameserver dns 127.0.0.11:53
  resolve_retries 3
  timeout resolve 500ms
  timeout retry 500ms
  hold valid 500ms
  hold nx 1s
  hold obsolete 1s
  hold other 5s
  hold refused 5s
  hold timeout 5s`;

interface Backend {
  readonly name: string;
  readonly service: string;
  readonly port: number;
  /** Answers 200 when the server wants requests. */
  readonly path: string;
  /** All requests may be sent twice. */
  readonly safe: boolean;
}

/** A request that changes something goes to another server only when the first cannot have seen it. */
function backend({ name, service, port, path, safe }: Backend): string {
  return `backend ${name}
  balance leastconn
  option httpchk
  http-check send meth GET uri ${path} ver HTTP/1.1 hdr Host ${service}
  http-check expect status 200
  retry-on ${safe ? 'all-retryable-errors' : 'conn-failure'}
  ${safe ? 'timeout server 20s' : 'http-reuse never'}
  server-template ${service} 1-${MAX_REPLICAS + 5} ${service}:${port} check inter 500ms fall 2 rise 1 resolvers engine resolve-prefer ipv4 init-addr none`;
}
