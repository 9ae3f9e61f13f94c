import { expect, test } from 'vitest';
import { S3_ROUTES } from '../s3/route.ts';
import { installRoutesOnly, renderStorageOpenApi } from './document.ts';
import { documentedPath, renderDocument, ROUTE_DOCS } from './render-document.ts';

type Operation = {
  operationId?: string;
  parameters: { name: string; in: string }[];
  responses: Record<string, unknown>;
  'x-s3-operations'?: { operation: string }[];
};
type Document = { paths: Record<string, Record<string, Operation>>; components: Record<string, Record<string, unknown>> };

const readDocument = async (): Promise<Document> => JSON.parse(JSON.stringify(await renderStorageOpenApi('test')));

/** What Fastify's router itself says it has, read from its tree. */
function routesOfTree(tree: string): readonly string[] {
  const routes: string[] = [];
  const prefixes: string[] = [];
  for (const line of tree.split('\n')) {
    const [, indent = '', path = '', methods] = /^((?:│ {3}| {4})*)[└├]── (\S+)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (path === '') continue;
    const depth = indent.length / 4;
    prefixes.splice(depth, Infinity, path);
    for (const method of methods?.split(', ') ?? []) routes.push(`${method} ${prefixes.join('')}`);
  }
  return routes;
}

/** Paths with and without a slash at the end are described once. */
const folded = (routes: readonly string[]) =>
  [...new Set(routes.map((route) => (route.endsWith('/') && routes.includes(route.slice(0, -1)) ? route.slice(0, -1) : route)))].toSorted();

const isS3 = (route: string) => / \/s3(?:\/|$)/.test(route);

test('the document has every route of the router and the S3 door, and nothing else', async () => {
  const { app } = await installRoutesOnly();
  await app.ready();
  const routes = folded(routesOfTree(app.printRoutes())).map((route) => documentedPath(route));
  expect(routes.length).toBeGreaterThan(100);
  const { paths } = await readDocument();
  const documented = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`));
  expect(documented.filter((route) => !isS3(route)).toSorted()).toEqual(routes.toSorted());
  const s3 = Object.values(paths).flatMap((item) => Object.values(item).flatMap((each) => each['x-s3-operations'] ?? []));
  expect(s3.map(({ operation }) => operation).toSorted()).toEqual(S3_ROUTES.map(({ operation }) => operation).toSorted());
});

test('each description is of a route that exists, and a route without one is named', async () => {
  const { routes } = await installRoutesOnly();
  const known = new Set(routes.map(({ method, url }) => `${method} ${url}`));
  expect(Object.keys(ROUTE_DOCS).filter((name) => !known.has(name))).toEqual([]);
  const stranger = { method: 'GET', url: '/new', params: undefined, query: undefined, body: undefined, config: {} };
  expect(() => renderDocument([...routes, stranger], 'test')).toThrow('GET /new has no row in http/documentation/routes');
});

test('operation ids are unique, parameters of paths are declared, and references lead somewhere', async () => {
  const document = await readDocument();
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.values(item).map((operation) => ({ path, operation })),
  );
  const ids = operations.flatMap(({ operation }) => operation.operationId ?? []);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  for (const { path, operation } of operations) {
    const declared = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name);
    expect([path, declared.toSorted()]).toEqual([path, [...path.matchAll(/(?<=\{)\w+(?=\})/g)].map(String).toSorted()]);
    expect(Object.keys(operation.responses)).toContain('400');
  }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
  expect(references.length).toBeGreaterThan(100);
  expect(references.filter(([, kind = '', name = '']) => document.components[kind]?.[name] === undefined)).toEqual([]);
  expect(JSON.stringify(document)).not.toContain('nullable');
});
