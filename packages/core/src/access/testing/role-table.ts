import type { OperationName } from '@supastor/contract/operations/all';

const EVERYBODY = 'owner admin operator developer auditor viewer';

/**
 * Which built-in roles may run which operation, written by hand: what tests compare the registry with.
 * A new operation needs a row here. Think about who should run it, not about what makes the test pass.
 */
export const ROLE_TABLE: Readonly<Record<OperationName, string>> = {
  'session.login': EVERYBODY,
  'session.get': EVERYBODY,
  'session.logout': EVERYBODY,
  'system.info': EVERYBODY,
  'services.list': EVERYBODY,
  'services.start': 'owner admin operator',
  'services.stop': 'owner admin operator',
  'services.restart': 'owner admin operator',
  'services.logs': EVERYBODY,
  'buckets.list': EVERYBODY,
  'buckets.get': EVERYBODY,
  'buckets.create': 'owner admin developer',
  'buckets.update': 'owner admin developer',
  'buckets.empty': 'owner admin developer',
  'buckets.delete': 'owner admin developer',
  'objects.list': 'owner admin developer viewer',
  'objects.sign': 'owner admin developer viewer',
  'objects.signUpload': 'owner admin developer',
  'objects.remove': 'owner admin developer',
  'objects.move': 'owner admin developer',
  'policies.list': 'owner admin developer auditor',
  'policies.patterns': 'owner admin developer auditor',
  'policies.render': 'owner admin developer auditor',
  'policies.plan': 'owner admin developer auditor',
  'policies.create': 'owner admin developer',
  'policies.update': 'owner admin developer',
  'policies.delete': 'owner admin developer',
  'policies.history': 'owner admin developer auditor',
  'policies.rollback': 'owner admin developer',
  'policies.simulate': 'owner admin developer auditor',
  'policies.whoCan': 'owner admin developer auditor',
  'sessions.list': 'owner admin auditor',
  'sessions.revoke': 'owner admin',
  'sessions.revokeOthers': 'owner admin',
  'apiKeys.list': 'owner admin auditor',
  'apiKeys.create': 'owner admin',
  'apiKeys.rotate': 'owner admin',
  'apiKeys.revoke': 'owner admin',
  'audit.list': 'owner admin operator auditor',
  'audit.verify': 'owner admin operator auditor',
  'audit.export': 'owner admin operator auditor',
};
