import { toJsonSchema } from '@supastor/contract/operations/json-schema';
import {
  importOptionsSchema,
  maintenancePageSchema,
  quarantineQuerySchema,
  quarantineRestoreSchema,
  scanOptionsSchema,
  scrubOptionsSchema,
} from '@supastor/contract/wire/maintenance';
import { s3KeyCreateSchema, s3KeyRotateSchema, s3KeyUpdateSchema } from '@supastor/contract/wire/s3-key';
import { linkQuerySchema, linkRevokeSchema } from '@supastor/contract/wire/signed-link';
import { quotaLimitsSchema } from '@supastor/contract/wire/quota';
import { deliveryQuerySchema, replaySchema, webhookCreateSchema, webhookUpdateSchema } from '@supastor/contract/wire/webhook';
import { BYTES, json, message, ref, type RouteDocs } from '../route-doc.ts';

const listOf = (field: string, name: string) => ({
  type: 'object',
  properties: { [field]: { type: 'array', items: ref(name) } },
  required: [field],
  additionalProperties: false,
});
const run = json('The run.', ref('MaintenanceRun'));
const key = json('The key.', ref('S3Key'));
const withSecret = json('The key and its secret, which is told this once.', ref('S3KeyWithSecret'));
const webhook = json('The target.', ref('Webhook'));
const webhookSecret = json('The target and the key of its signatures, which is told this once.', ref('WebhookWithSecret'));
const page = toJsonSchema(maintenancePageSchema, 'input');
const sent = (schema: Parameters<typeof toJsonSchema>[0]) => ({ 'application/json': toJsonSchema(schema, 'input') });

/** What only service_role may use. */
export const SERVICE_DOCS: RouteDocs = {
  'POST /maintenance/scan': {
    tag: 'maintenance',
    summary: 'Compare rows with bytes in both directions',
    body: sent(scanOptionsSchema),
    answers: { 202: json('It will run.', ref('MaintenanceRun')) },
  },
  'POST /maintenance/scrub': {
    tag: 'maintenance',
    summary: 'Read all bytes again and compare their checksums',
    body: sent(scrubOptionsSchema),
    answers: { 202: json('It will run.', ref('MaintenanceRun')) },
  },
  'POST /maintenance/import': {
    tag: 'maintenance',
    summary: 'Copy what Supabase Storage has stored of a taken-over database into our own layout',
    body: sent(importOptionsSchema),
    answers: { 202: json('It will run.', ref('MaintenanceRun')) },
  },
  'GET /maintenance/adopted': {
    tag: 'maintenance',
    summary: 'Say what is left to import, and what could not be',
    query: page,
    answers: { 200: json('Where it is and how much.', ref('AdoptedBytes')) },
  },
  'GET /maintenance/runs': {
    tag: 'maintenance',
    summary: 'List scans, scrubs and imports, newest first',
    query: page,
    answers: { 200: json('The runs.', listOf('runs', 'MaintenanceRun')) },
  },
  'GET /maintenance/runs/:id': { tag: 'maintenance', summary: 'Get a scan, scrub or import', answers: { 200: run } },
  'POST /maintenance/runs/:id/cancel': { tag: 'maintenance', summary: 'End a scan, scrub or import early', answers: { 200: run } },
  'GET /maintenance/blobs/:version': {
    tag: 'maintenance',
    summary: 'Read the stored bytes of one version, for backups',
    answers: { 200: { description: 'The bytes.', content: { 'application/octet-stream': BYTES } } },
  },
  'GET /maintenance/damaged': {
    tag: 'maintenance',
    summary: 'List what is known to be damaged',
    query: page,
    answers: { 200: json('The versions.', listOf('damaged', 'DamagedVersion')) },
  },
  'GET /maintenance/quarantine': {
    tag: 'maintenance',
    summary: 'List what scans moved out of the way',
    query: toJsonSchema(quarantineQuerySchema, 'input'),
    answers: { 200: json('The entries.', listOf('entries', 'QuarantineEntry')) },
  },
  'POST /maintenance/quarantine/restore': {
    tag: 'maintenance',
    summary: 'Bring back what scans moved out of the way',
    body: sent(quarantineRestoreSchema),
    answers: { 200: json('What was brought back, and why the rest was not.', ref('QuarantineRestored')) },
  },
  'GET /webhooks': { tag: 'webhooks', summary: 'List targets', answers: { 200: json('The targets.', listOf('webhooks', 'Webhook')) } },
  'POST /webhooks': { tag: 'webhooks', summary: 'Make a target', body: sent(webhookCreateSchema), answers: { 200: webhookSecret } },
  'GET /webhooks/:webhookId': { tag: 'webhooks', summary: 'Get a target', answers: { 200: webhook } },
  'PATCH /webhooks/:webhookId': {
    tag: 'webhooks',
    summary: 'Change or pause a target',
    body: sent(webhookUpdateSchema),
    answers: { 200: webhook },
  },
  'POST /webhooks/:webhookId/rotate-secret': {
    tag: 'webhooks',
    summary: 'Sign with a new key from now on',
    answers: { 200: webhookSecret },
  },
  'POST /webhooks/:webhookId/test': {
    tag: 'webhooks',
    summary: 'Send a test message now',
    answers: { 200: json('How it was answered.', ref('WebhookTest')) },
  },
  'DELETE /webhooks/:webhookId': { tag: 'webhooks', summary: 'Delete a target', answers: { 200: message('It is deleted.') } },
  'GET /webhook-deliveries': {
    tag: 'webhooks',
    summary: 'List messages, newest first',
    query: toJsonSchema(deliveryQuerySchema, 'input'),
    answers: { 200: json('A page of messages.', ref('WebhookDeliveryPage')) },
  },
  'POST /webhook-deliveries/replay': {
    tag: 'webhooks',
    summary: 'Send messages again',
    body: sent(replaySchema),
    answers: { 200: json('How many will be sent.', ref('WebhookReplayed')) },
  },
  'GET /quotas': { tag: 'quotas', summary: 'List quotas', answers: { 200: json('The quotas.', listOf('quotas', 'Quota')) } },
  'PUT /quotas/:kind/:subject': {
    tag: 'quotas',
    summary: 'Set the limits of a bucket or an owner',
    body: sent(quotaLimitsSchema),
    answers: { 200: json('The quota.', ref('Quota')) },
  },
  'DELETE /quotas/:kind/:subject': { tag: 'quotas', summary: 'Take a limit away', answers: { 200: message('It is removed.') } },
  'GET /links': {
    tag: 'links',
    summary: 'List signed links, newest first',
    query: toJsonSchema(linkQuerySchema, 'input'),
    answers: { 200: json('A page of links.', ref('SignedLinkPage')) },
  },
  'POST /links/revoke': {
    tag: 'links',
    summary: 'Refuse signed links from now on',
    body: sent(linkRevokeSchema),
    answers: { 200: json('How many of them were alive.', ref('SignedLinksRevoked')) },
  },
  'GET /s3-keys': { tag: 's3-keys', summary: 'List access keys', answers: { 200: json('The keys.', listOf('keys', 'S3Key')) } },
  'POST /s3-keys': { tag: 's3-keys', summary: 'Make an access key', body: sent(s3KeyCreateSchema), answers: { 200: withSecret } },
  'GET /s3-keys/:accessKeyId': { tag: 's3-keys', summary: 'Get an access key', answers: { 200: key } },
  'PATCH /s3-keys/:accessKeyId': {
    tag: 's3-keys',
    summary: 'Change what an access key may do',
    body: sent(s3KeyUpdateSchema),
    answers: { 200: key },
  },
  'POST /s3-keys/:accessKeyId/rotate': {
    tag: 's3-keys',
    summary: 'Give an access key a new secret',
    body: sent(s3KeyRotateSchema),
    answers: { 200: withSecret },
  },
  'DELETE /s3-keys/:accessKeyId': { tag: 's3-keys', summary: 'Revoke an access key', answers: { 200: message('It is revoked.') } },
};
