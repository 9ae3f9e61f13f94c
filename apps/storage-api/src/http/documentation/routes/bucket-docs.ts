import { toJsonSchema } from '@supastor/contract/operations/json-schema';
import { lifecyclePreviewSchema, lifecycleSchema } from '../../../lifecycle/lifecycle-rules.ts';
import { json, message, ref, type RouteDocs } from '../route-doc.ts';

const tag = 'bucket';
const lifecycle = json('The rules.', ref('Lifecycle'));
const name = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false };

export const BUCKET_DOCS: RouteDocs = {
  'POST /bucket': { tag, summary: 'Create a bucket', answers: { 200: json('Its name.', name) } },
  'GET /bucket': {
    tag,
    summary: 'List the buckets the caller may see',
    answers: { 200: json('The buckets.', { type: 'array', items: ref('ListedBucket') }) },
  },
  'GET /bucket/:bucketId': { tag, summary: 'Get a bucket', answers: { 200: json('The bucket.', ref('Bucket')) } },
  'PUT /bucket/:bucketId': { tag, summary: 'Change what a bucket allows', answers: { 200: message('It is changed.') } },
  'POST /bucket/:bucketId/empty': { tag, summary: 'Remove all objects of a bucket', answers: { 200: message('It is empty.') } },
  'DELETE /bucket/:bucketId': { tag, summary: 'Delete an empty bucket', answers: { 200: message('It is gone.') } },
  'GET /bucket/:bucketId/lifecycle': { tag, summary: 'Get the rules by which objects expire', answers: { 200: lifecycle } },
  'PUT /bucket/:bucketId/lifecycle': {
    tag,
    summary: 'Replace the rules by which objects expire',
    body: { 'application/json': toJsonSchema(lifecycleSchema, 'input') },
    answers: { 200: lifecycle },
  },
  'DELETE /bucket/:bucketId/lifecycle': {
    tag,
    summary: 'Remove the rules by which objects expire',
    answers: { 200: message('They are gone.') },
  },
  'POST /bucket/:bucketId/lifecycle/preview': {
    tag,
    summary: 'See what rules would delete; for service_role',
    body: { 'application/json': toJsonSchema(lifecyclePreviewSchema, 'input') },
    answers: { 200: json('What each rule would delete now.', ref('LifecyclePreview')) },
  },
};
