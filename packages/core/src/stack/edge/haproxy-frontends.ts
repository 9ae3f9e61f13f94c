import { type EdgeOptions, MOUNT, publicPath } from './edge-options.ts';

/** What a client may only say when it is a proxy that is trusted. */
const FORWARDED = ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Proto', 'X-Forwarded-Prefix'];

/** No server is ready for a kind of request, and there are some that live. Each kind has checks of its own, which do not end together. */
const noneReady = (service: string, kind: 'read' | 'write') => `{ nbsrv(${service}_${kind}) eq 0 } { nbsrv(${service}_alive) gt 0 }`;

/** The listeners, and which request goes where. */
export function renderFrontends(options: EdgeOptions): readonly string[] {
  const { ports, storage, storageS3, meta } = options;
  return [
    renderHealth(options),
    renderPublic(options),
    ...(ports.redirect === undefined ? [] : [renderRedirect(ports.redirect, options.publicUrl)]),
    ...(ports.s3 === undefined || storage === null || storageS3 === undefined ? [] : [renderS3(ports.s3, options)]),
    // Nothing in front of it asks who it is: its port is never published.
    ...(ports.meta === undefined || meta === undefined ? [] : [renderMeta(ports.meta)]),
  ];
}

function renderMeta(port: number): string {
  return lines('frontend meta', `bind :${port}`, 'use_backend meta_read if { method GET HEAD }', 'default_backend meta');
}

/** Ready while there is a server for each kind of request. */
function renderHealth({ ports, storage }: EdgeOptions): string {
  const needed = ['admin', ...(storage === null ? [] : ['storage_read'])];
  return lines(
    'frontend health',
    `bind :${ports.health}`,
    'http-request use-service prometheus-exporter if { path /metrics }',
    ...needed.map(
      (name) =>
        `http-request return status 503 content-type text/plain string "no ${name}" if { path /health/ready } { nbsrv(${name}) eq 0 }`,
    ),
    'http-request return status 200 content-type text/plain string ok',
  );
}

function renderPublic(options: EdgeOptions): string {
  const { ports, storage, certificatePath, publicUrl } = options;
  const prefix = publicPath(publicUrl);
  return lines(
    'frontend public',
    `bind :${ports.http}`,
    ...(ports.https === undefined || certificatePath === undefined ? [] : [`bind :${ports.https} ${tls(certificatePath)}`]),
    ...renderForwarding(options),
    ...(prefix === '' ? [] : renderPrefix(prefix)),
    ...(storage === null ? [] : renderStorageRoutes()),
    'default_backend admin',
  );
}

/**
 * Listing takes a POST and changes nothing; everything else that is safe says so by its method. When no server is ready, any that lives
 * gets the request: on a disk that is full they still read and delete, and they say best what is wrong.
 */
function renderStorageRoutes(): readonly string[] {
  return [
    `acl is_storage path ${MOUNT}`,
    `acl is_storage path_beg ${MOUNT}/`,
    'acl is_safe method GET HEAD OPTIONS',
    `acl is_listing path_beg ${MOUNT}/object/list/ ${MOUNT}/object/list-v2/`,
    `use_backend storage_alive if is_storage is_safe ${noneReady('storage', 'read')}`,
    'use_backend storage_read if is_storage is_safe',
    `use_backend storage_alive if is_listing METH_POST ${noneReady('storage', 'read')}`,
    'use_backend storage_read if is_listing METH_POST',
    `use_backend storage_alive if is_storage ${noneReady('storage', 'write')}`,
    'use_backend storage_write if is_storage',
  ];
}

function renderS3(port: number, options: EdgeOptions): string {
  const certificate = options.ports.https === undefined ? undefined : options.certificatePath;
  return lines(
    'frontend s3',
    `bind :${port}${certificate === undefined ? '' : ` ${tls(certificate)}`}`,
    ...renderForwarding(options),
    `use_backend s3_alive if { method GET HEAD OPTIONS } ${noneReady('s3', 'read')}`,
    'use_backend s3_read if { method GET HEAD OPTIONS }',
    `use_backend s3_alive if ${noneReady('s3', 'write')}`,
    'default_backend s3_write',
  );
}

/** One hop that is known adds itself; what strangers claim about themselves does not get through. */
function renderForwarding({ trustedProxies }: EdgeOptions): readonly string[] {
  const unless = trustedProxies.length === 0 ? '' : ' unless from_proxy';
  return [
    ...(trustedProxies.length === 0 ? [] : [`acl from_proxy src ${trustedProxies.join(' ')}`]),
    ...FORWARDED.map((name) => `http-request del-header ${name}${unless}`),
    'option forwardfor',
    'http-request set-header X-Forwarded-Proto https if { ssl_fc }',
    'http-request set-header X-Forwarded-Proto http unless { req.hdr(X-Forwarded-Proto) -m found }',
    'http-request set-header X-Request-ID %[uuid()] unless { req.hdr(X-Request-ID) -m found }',
  ];
}

/** Servers know their paths without the prefix; a proxy in front may have cut it off already. */
function renderPrefix(prefix: string): readonly string[] {
  const pattern = prefix.replaceAll('.', String.raw`\.`);
  return [
    `acl has_prefix path_beg ${prefix}/`,
    `http-request set-header X-Forwarded-Prefix ${prefix} if has_prefix`,
    `http-request replace-path ^${pattern}/(.*) /\\1 if has_prefix`,
  ];
}

function renderRedirect(port: number, publicUrl: string): string {
  return lines('frontend redirect', `bind :${port}`, `http-request redirect prefix ${new URL(publicUrl).origin} code 308`);
}

function tls(certificatePath: string): string {
  return `ssl crt ${certificatePath} alpn h2,http/1.1`;
}

function lines(head: string, ...rest: readonly string[]): string {
  return [head, ...rest.map((line) => `  ${line}`)].join('\n');
}
