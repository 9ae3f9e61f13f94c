import { describe, expect, it } from 'vitest';
import { OPERATIONS, PERMISSIONS } from './all.ts';
import * as access from './access.ts';
import * as account from './account.ts';
import * as alerts from './alerts.ts';
import * as apiKeys from './api-keys.ts';
import * as auditNoun from './audit.ts';
import * as backups from './backups.ts';
import * as buckets from './buckets.ts';
import * as catalogue from './catalogue.ts';
import * as database from './database.ts';
import * as jobs from './jobs.ts';
import * as schedules from './schedules.ts';
import * as links from './links.ts';
import * as preferences from './preferences.ts';
import * as quotas from './quotas.ts';
import * as settings from './settings.ts';
import * as webhooks from './webhooks.ts';
import * as objectDetails from './object-details.ts';
import * as objects from './objects.ts';
import { redact, sensitive } from './sensitive.ts';
import * as passkeys from './passkeys.ts';
import * as policies from './policies.ts';
import * as metrics from './metrics.ts';
import * as maintenance from './maintenance.ts';
import * as s3Keys from './s3-keys.ts';
import * as roles from './roles.ts';
import * as secondFactor from './second-factor.ts';
import * as services from './services.ts';
import * as session from './session.ts';
import * as sessions from './sessions.ts';
import * as sso from './sso.ts';
import * as system from './system.ts';
import * as users from './users.ts';
import { z } from 'zod';
import { toRequestParts } from './http.ts';

describe('operation registry', () => {
  it('holds every operation that a noun declares', () => {
    const declared = [
      access,
      account,
      preferences,
      secondFactor,
      passkeys,
      sso,
      roles,
      users,
      session,
      system,
      services,
      buckets,
      objects,
      objectDetails,
      catalogue,
      database,
      jobs,
      schedules,
      policies,
      sessions,
      apiKeys,
      s3Keys,
      links,
      webhooks,
      quotas,
      settings,
      metrics,
      alerts,
      maintenance,
      backups,
      auditNoun,
    ].flatMap((noun) => Object.values(noun).filter((value) => typeof value === 'object' && 'rest' in value));
    expect(declared.filter((definition) => !OPERATIONS.some((operation) => operation === definition))).toEqual([]);
  });

  it('has one name and one route per operation', () => {
    expect(new Set(OPERATIONS.map(({ name }) => name)).size).toBe(OPERATIONS.length);
    expect(new Set(OPERATIONS.map(({ rest }) => `${rest.method} ${rest.path}`)).size).toBe(OPERATIONS.length);
  });

  it('lets roles and API keys be made of every permission there is', () => {
    const given = { name: 'all', permissions: [...PERMISSIONS] };
    expect(roles.rolesCreate.input.parse(given).permissions).toEqual(PERMISSIONS);
    expect(apiKeys.apiKeysCreate.input.parse(given).permissions).toEqual(PERMISSIONS);
  });

  it('takes a bucket that is only a wish for what a run touches nowhere but where that is known to be right', () => {
    const byField = OPERATIONS.filter((operation) => {
      const asksForBucket = operation.input instanceof z.ZodObject && 'bucket' in operation.input.shape;
      return asksForBucket && operation.scope === undefined && !operation.rest.path.includes('{bucket}');
    });
    expect(byField.map(({ name }) => name)).toEqual(['policies.list', 'policies.simulate', 'policies.whoCan', 'webhooks.create']);
  });

  it('changes a webhook, whichever bucket it was for, only for those who may change all', () => {
    const wish = webhooks.webhooksUpdate.input.parse({ id: '00000000-0000-4000-8000-000000000001', bucket: 'mine' });
    expect(webhooks.webhooksUpdate.scope?.(wish)).toEqual([{}]);
  });

  it('audits everything that is not a read, and leaves open only what one needs to get in', () => {
    expect(OPERATIONS.filter(({ effect, audit }) => effect !== 'read' && !audit)).toEqual([]);
    expect(OPERATIONS.filter(({ permission }) => permission === null).map(({ name }) => name)).toEqual([
      'session.methods',
      'session.login',
      'session.passkeyOptions',
      'session.passkey',
      'session.ssoBegin',
      'session.ssoFinish',
      'session.refresh',
      'account.inspectLink',
      'account.redeemLink',
      'account.forgotPassword',
    ]);
    expect(PERMISSIONS).toContain('objects:delete');
  });
});

describe('redaction', () => {
  const schema = z.strictObject({
    name: z.string(),
    token: sensitive(z.string().min(3)),
    nested: z.array(z.object({ secret: sensitive(z.string()), shown: z.number() })).optional(),
  });

  it('masks what is marked, at any depth', () => {
    const value = { name: 'n', token: 'abc', nested: [{ secret: 's', shown: 1 }] };
    expect(redact(schema, value)).toEqual({ name: 'n', token: '***', nested: [{ secret: '***', shown: 1 }] });
  });

  it('drops keys it does not know, since they may hold anything', () => {
    expect(redact(schema, { name: 'n', pasword: 'typo' })).toEqual({ name: 'n' });
  });

  it('masks a value that is not of the expected shape', () => {
    expect(redact(schema, { name: { deep: 'secret' } })).toEqual({ name: '***' });
  });
});

describe('operations as requests', () => {
  it('escape what goes into the path and put the rest into query or body', () => {
    expect(toRequestParts(objects.objectsList, { bucket: 'a b?', prefix: 'x/&', limit: 5 })).toEqual({
      method: 'GET',
      path: '/api/v1/buckets/a%20b%3F/objects?prefix=x%2F%26&limit=5',
      body: undefined,
    });
    expect(toRequestParts(buckets.bucketsUpdate, { bucket: 'b', public: true })).toMatchObject({
      path: '/api/v1/buckets/b',
      body: { public: true },
    });
  });
});
