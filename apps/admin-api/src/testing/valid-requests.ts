import type { RegisteredOperation } from '@supastor/contract/operations/all';
import { API_PREFIX, inputInQuery } from '@supastor/contract/operations/http';

/** A smallest query that is valid, where an empty one is not. */
const QUERIES: Readonly<Record<string, string>> = {
  'access.explain': '?operation=buckets.list',
  'objects.info': '?path=a',
  'objects.versions': '?path=a',
  'metrics.query': '?series=http.requests',
};

const BACKUP = '20261126T153000Z-1a2b3c4d';
const UUID = '11111111-1111-4111-8111-111111111111';

/** Path and query of a request that is valid. */
export function pathOf({ name, rest }: RegisteredOperation): string {
  return (
    API_PREFIX +
    rest.path
      .replace('{bucket}', 'photos')
      .replace('{service}', 'storage')
      .replace('{id}', name.startsWith('backups.') ? BACKUP : /^(?:jobs|schedules|maintenance|webhooks|alerts)\./.test(name) ? UUID : '1')
      .replace('{table}', 'objects')
      .replace('{name}', 'some')
      .replace('{pattern}', 'public-read')
      .replace('{kind}', 'bucket')
      .replace('{subject}', 'photos')
      .replace('{provider}', 'corp')
      .replace('{path}', 'logging.level')
      .replace('{accessKeyId}', 'SJX1')
      .replace('{grantId}', '1') +
    (QUERIES[name] ?? '')
  );
}

const POLICY = { name: 'p', command: 'SELECT', using: 'true' };

const CREDENTIAL = { id: 'AAAA', rawId: 'AAAA', type: 'public-key' };

/** A smallest input that is valid, where an empty one is not. */
const VALID_BODIES: Readonly<Record<string, unknown>> = {
  'buckets.create': { name: 'photos' },
  'apiKeys.create': { name: 'ci', permissions: ['buckets:read'] },
  'users.invite': { email: 'new@example.org', role: 'viewer' },
  'users.update': { name: 'New' },
  'users.grant': { role: 'viewer' },
  'roles.create': { name: 'some', permissions: ['buckets:read'] },
  'webhooks.create': { name: 'hook', url: 'https://hooks.example.org/in' },
  'webhooks.replay': { ids: ['1'] },
  'schedules.create': { name: 'some', kind: 'audit.verify', cron: '0 3 * * *' },
  'quotas.set': { kind: 'bucket', subject: 'photos', maxBytes: 1 },
  'settings.check': { value: 'debug' },
  'settings.set': { value: 'debug' },
  'links.revoke': { bucket: 'photos' },
  'alerts.silence': { minutes: 5, reason: 'r' },
  'audit.prune': { olderThanDays: 30 },
  'roles.update': { permissions: ['buckets:read'] },
  'account.changePassword': { currentPassword: 'x', newPassword: 'y' },
  'account.confirmSecondFactor': { code: '000000' },
  'account.addPasskey': {
    ticket: 't',
    name: 'n',
    credential: { ...CREDENTIAL, response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' } },
  },
  'account.renamePasskey': { name: 'n' },
  'maintenance.restore': { ids: ['00000000-0000-4000-8000-000000000000'] },
  's3Keys.create': { name: 'ci', verbs: ['read'] },
  'objects.sign': { paths: ['a'] },
  'objects.signUpload': { paths: ['a'] },
  'objects.remove': { paths: ['a'] },
  'objects.move': { from: 'a', to: 'b' },
  'objects.describe': { path: 'a', mimeType: 'text/plain', cacheControl: 'no-cache', metadata: {} },
  'objects.copy': { from: 'a', to: 'b' },
  'objects.restore': { path: 'a' },
  'objects.restoreFolder': { folder: 'a/' },
  'objects.signOne': { path: 'a' },
  'objects.signFolder': {},
  'objects.purge': { path: 'a' },
  'objects.moveFolder': { from: 'a/', to: 'b/' },
  'objects.copyFolder': { from: 'a/', to: 'b/' },
  'objects.removeFolder': { folder: 'a/' },
  'policies.plan': { action: 'delete', name: 'p' },
  'policies.create': POLICY,
  'policies.update': { draft: POLICY },
  'policies.simulate': { verb: 'read', bucket: 'photos', path: 'a' },
  'policies.whoCan': { bucket: 'photos', path: 'a' },
};

/** Its body, where it has one. */
export function bodyFor(operation: RegisteredOperation): { readonly body?: unknown } {
  return inputInQuery(operation) ? {} : { body: VALID_BODIES[operation.name] ?? {} };
}
