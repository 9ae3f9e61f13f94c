import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { API_PREFIX } from '@supastor/contract/operations/http';
import { VERSION } from '@supastor/contract/version';
import { renderOpenApi } from '@supastor/core/operations/openapi';
import type { FastifyInstance } from 'fastify';

const require = createRequire(import.meta.url);

const OPENAPI_PATH = `${API_PREFIX}/openapi.json`;

/** Scripts and styles only from here; no inline code. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Supastorj API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <main id="api"></main>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/init.js"></script>
  </body>
</html>
`;

const INIT = `window.SwaggerUIBundle({
  url: '${OPENAPI_PATH}',
  dom_id: '#api',
  deepLinking: true,
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
});
`;

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/** The OpenAPI document and, at `/docs`, pages for people. Nothing of it is read before somebody asks. */
export function registerDocsRoutes(app: FastifyInstance): void {
  let document: string | undefined;
  app.get(OPENAPI_PATH, async (_request, reply) => {
    document ??= JSON.stringify(renderOpenApi({ version: VERSION }));
    return reply.type('application/json').header('cache-control', 'no-cache').send(document);
  });
  app.get('/docs', async (_request, reply) => {
    return reply.header('content-security-policy', DOCS_POLICY).header('cache-control', 'no-cache').type('text/html').send(PAGE);
  });
  app.get('/docs/init.js', async (_request, reply) => {
    return reply.header('cache-control', 'no-cache').type('text/javascript').send(INIT);
  });
  for (const [name, type] of Object.entries(ASSETS)) {
    app.get(`/docs/${name}`, async (_request, reply) => {
      return reply
        .type(type)
        .header('cache-control', 'public, max-age=3600')
        .send(createReadStream(assetPath(name)));
    });
  }
}

function assetPath(name: string): string {
  const manifest = require.resolve('@fastify/swagger-ui/package.json');
  return join(dirname(manifest), 'static', name);
}
