import { json, message, ref, type RouteDoc, type RouteDocs } from '../route-doc.ts';

const tag = 'health';
const text = { type: 'string' };
const health: RouteDoc = {
  tag,
  summary: 'Whether the server and what it depends on are well',
  answers: { 200: json('All is well.', ref('Health')), 503: json('Something is not.', ref('Health')) },
};
const purge = (summary: string): RouteDoc => ({
  tag: 'cdn',
  summary,
  answers: { 200: message('It is forgotten.'), 403: json('The role is not service_role.', ref('Error')) },
});
const absent = (feature: 'vector' | 'iceberg') =>
  ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) =>
    [`/${feature}`, `/${feature}/*`].map(
      (url) => [`${method} ${url}`, { tag: feature, summary: 'Answers that the feature is not enabled', answers: {} }] as const,
    ),
  );

export const SERVER_DOCS: RouteDocs = {
  'GET /status': { tag, summary: 'Whether the server answers', answers: { 200: { description: 'It does.' } } },
  'GET /version': {
    tag,
    summary: 'Version of the server',
    answers: { 200: { description: 'The version.', content: { 'text/plain': text } } },
  },
  'GET /health': health,
  'GET /health/ready': health,
  'GET /health/live': {
    tag,
    summary: 'Whether the process is alive',
    answers: { 200: json('It is.', { type: 'object', properties: { healthy: { const: true } }, required: ['healthy'] }) },
  },
  'GET /metrics': {
    tag,
    summary: 'Figures for Prometheus',
    answers: { 200: { description: 'The figures.', content: { 'text/plain': text } } },
  },
  'GET /documentation/json': { tag, summary: 'This document', answers: { 200: json('OpenAPI 3.1.', { type: 'object' }) } },
  'DELETE /cdn': purge('Purge everything from the cache in front'),
  'DELETE /cdn/': purge('Purge everything from the cache in front'),
  'DELETE /cdn/:bucketName': purge('Purge a bucket from the cache in front'),
  'DELETE /cdn/:bucketName/*': purge('Purge an object from the cache in front'),
  ...Object.fromEntries([...absent('vector'), ...absent('iceberg')]),
};
