import type { FastifyInstance } from 'fastify';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const REQUEST_HEADERS =
  'authorization, apikey, content-type, content-encoding, content-md5, cache-control, x-client-info, x-upsert, x-metadata, x-robots-tag, range, if-match, if-none-match, if-modified-since, if-unmodified-since, tus-resumable, upload-length, upload-offset, upload-metadata, upload-defer-length, upload-checksum, x-signature, x-http-method-override, x-requested-with';
const RESPONSE_HEADERS =
  'Content-Range, Content-Length, Content-Type, Content-Disposition, Content-Encoding, Accept-Ranges, ETag, Last-Modified, Cache-Control, Expires, Location, Retry-After, X-Request-Id, X-Transformations, Upload-Offset, Upload-Length, Upload-Defer-Length, Upload-Metadata, Upload-Expires, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm';
const PREFLIGHT_SECONDS = '86400';

/** Lets browsers of any origin in, without credentials: tokens travel in headers. Preflights need no token. */
export function installCors(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('access-control-allow-origin', '*');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      reply.header('access-control-expose-headers', RESPONSE_HEADERS);
      return done();
    }
    const wanted = request.headers['access-control-request-headers'];
    void reply
      .code(204)
      .header('access-control-allow-methods', METHODS)
      .header('access-control-allow-headers', wanted ?? REQUEST_HEADERS)
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .header('vary', 'Access-Control-Request-Headers')
      .send();
  });
}
