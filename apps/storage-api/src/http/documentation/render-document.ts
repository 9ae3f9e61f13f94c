import type { JsonSchema } from '@supastor/contract/operations/json-schema';
import { fieldsOf, modernSchema } from './modern-schema.ts';
import type { RegisteredRoute } from './registered-routes.ts';
import { DOC_TAGS, type DocAnswer, type RouteDoc, type RouteDocs } from './route-doc.ts';
import { BUCKET_DOCS } from './routes/bucket-docs.ts';
import { OBJECT_DOCS } from './routes/object-docs.ts';
import { PICTURE_DOCS } from './routes/picture-docs.ts';
import { RESUMABLE_DOCS } from './routes/resumable-docs.ts';
import { SERVER_DOCS } from './routes/server-docs.ts';
import { SERVICE_DOCS } from './routes/service-docs.ts';
import { s3Paths } from './s3-paths.ts';
import { COMPONENT_SCHEMAS } from './schemas.ts';

export const ROUTE_DOCS: RouteDocs = {
  ...BUCKET_DOCS,
  ...OBJECT_DOCS,
  ...PICTURE_DOCS,
  ...RESUMABLE_DOCS,
  ...SERVER_DOCS,
  ...SERVICE_DOCS,
};

const REFUSED = { $ref: '#/components/responses/Refused' };
const FAILED = { $ref: '#/components/responses/Failed' };
/** Failures of the server or of what it depends on: 503 names a dependency that is away, 507 a full disk, 544 a slow database. */
const REFUSALS = { 400: REFUSED, 500: FAILED, 503: FAILED, 507: FAILED, 544: FAILED };

/**
 * The OpenAPI 3.1 document of the storage protocol, out of the routes that are registered and the routing table of the S3 door.
 * @throws Error when a route is described nowhere
 */
export function renderDocument(routes: readonly RegisteredRoute[], version: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  const ids = new Set<string>();
  const known = new Set(routes.map(nameOf));
  for (const route of routes) {
    // Reachable with and without a slash at the end; described once.
    if (route.url.endsWith('/') && known.has(nameOf({ ...route, url: route.url.slice(0, -1) }))) continue;
    const path = documentedPath(route.url);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route, ids) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Storage API',
      version,
      description: 'Speaks the protocol of Supabase Storage. Nearly every refusal is HTTP 400 with the real status in its body.',
    },
    servers: [{ url: '/storage/v1' }, { url: '/' }],
    tags: Object.entries(DOC_TAGS).map(([name, description]) => ({ name, description })),
    paths: { ...paths, ...s3Paths() },
    components: {
      securitySchemes: {
        bearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apikey: { type: 'apiKey', in: 'header', name: 'apikey', description: 'The same token, where no Authorization is sent.' },
        sigV4: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'AWS Signature Version 4, also as a link or a form.' },
      },
      responses: {
        Refused: { description: 'Refused; the real status is in the body.', content: jsonContent({ $ref: '#/components/schemas/Error' }) },
        Failed: { description: 'A failure of the server.', content: jsonContent({ $ref: '#/components/schemas/Error' }) },
      },
      schemas: Object.fromEntries(Object.entries(COMPONENT_SCHEMAS).map(([name, schema]) => [name, modernSchema(schema)])),
    },
  };
}

/** Method and path of a route, as rows of the documentation are named. */
function nameOf({ method, url }: Pick<RegisteredRoute, 'method' | 'url'>): string {
  return `${method} ${url}`;
}

/** `/a/:b/*` as `/a/{b}/{wildcard}`. */
export function documentedPath(url: string): string {
  return url.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, '{wildcard}');
}

function docOf(route: RegisteredRoute): RouteDoc {
  const doc = ROUTE_DOCS[nameOf(route)] ?? (route.method === 'HEAD' ? ROUTE_DOCS[nameOf({ ...route, method: 'GET' })] : undefined);
  if (doc === undefined) throw new Error(`${nameOf(route)} has no row in http/documentation/routes: say there what it answers`);
  return doc;
}

function describeRoute(route: RegisteredRoute, ids: Set<string>): JsonSchema {
  const { tag, summary, body, query, headers = [], answers } = docOf(route);
  const { operation, auth = 'none' } = route.config;
  const isHead = route.method === 'HEAD';
  const content = body ?? (route.body === undefined ? undefined : { 'application/json': route.body });
  return {
    tags: [tag],
    summary,
    ...(operation === undefined ? {} : { operationId: operationId(operation, route.method, ids), 'x-storage-operation': operation }),
    security: securityOf(auth),
    parameters: [
      ...pathParameters(route),
      ...fieldsOf(query ?? route.query).map(({ name, schema, isRequired }) => ({ name, in: 'query', required: isRequired, schema })),
      ...headers.map((name) => ({ name, in: 'header', schema: { type: 'string' } })),
    ],
    ...(content === undefined ? {} : { requestBody: { content: mediaTypes(content) } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer, isHead)])),
      ...withoutKnown(isHead ? bodiless(REFUSALS) : REFUSALS, answers),
    },
  };
}

function securityOf(auth: 'required' | 'optional' | 'none') {
  const token = [{ bearerAuth: [] }, { apikey: [] }];
  if (auth === 'none') return [];
  return auth === 'required' ? token : [{}, ...token];
}

function pathParameters({ url, params }: RegisteredRoute) {
  const schemas = new Map(fieldsOf(params).map(({ name, schema }) => [name, schema]));
  return [...url.matchAll(/:(\w+)|\*$/g)].map(([, name = '*']) => ({
    name: name === '*' ? 'wildcard' : name,
    in: 'path',
    required: true,
    schema: schemas.get(name) ?? { type: 'string' },
  }));
}

function describeAnswer({ description, content }: DocAnswer, isHead: boolean): JsonSchema {
  return { description, ...(content === undefined || isHead ? {} : { content: mediaTypes(content) }) };
}

function mediaTypes(content: Readonly<Record<string, JsonSchema>>) {
  return Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema: modernSchema(schema) }]));
}

function jsonContent(schema: JsonSchema) {
  return { 'application/json': { schema } };
}

function bodiless(answers: Readonly<Record<number, unknown>>) {
  return Object.fromEntries(
    Object.keys(answers).map((status) => [status, { description: status === '400' ? 'Refused.' : 'A failure of the server.' }]),
  );
}

function withoutKnown(answers: Readonly<Record<string, unknown>>, known: Readonly<Record<number, unknown>>) {
  return Object.fromEntries(Object.entries(answers).filter(([status]) => !(status in known)));
}

/** As the original makes them: `storage.object.get_public` is `objectGetPublic`; unique by method, then by number. */
function operationId(operation: string, method: string, taken: Set<string>): string {
  const words = operation.replace(/^storage\./, '').split(/[._]/);
  const base = words.map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('');
  const byMethod = base + method.charAt(0) + method.slice(1).toLowerCase();
  const candidates = [base, byMethod, ...Array.from({ length: 8 }, (_, at) => `${byMethod}${at + 2}`)];
  const free = candidates.find((each) => !taken.has(each)) ?? byMethod;
  taken.add(free);
  return free;
}
