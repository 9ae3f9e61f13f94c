import { PERMISSIONS } from '@supastor/contract/operations/all';
import { bucketsCreate, bucketsDelete } from '@supastor/contract/operations/buckets';
import { describe, expect, it, vi } from 'vitest';
import { authoriseByGrants } from '../access/authorise.ts';
import type { Identity } from '../access/identity.ts';
import { unusedAccess } from '../access/testing/unused-access.ts';
import { noAuditLog } from '../audit/audit-log.ts';
import type { AuditIntent, AuditOutcome, AuditSink } from '../audit/audit-sink.port.ts';
import { createEventBus } from '../events/event-bus.ts';
import type { StorageAdmin } from '../objects/storage-admin.port.ts';
import { createLocalClient } from './client.ts';
import type { Caller } from './context.ts';
import { HANDLERS, type OperationDeps } from './handlers.ts';
import { createOperationRouter } from './router.ts';

const owner: Identity = {
  userId: 'u',
  email: 'owner@example.org',
  name: '',
  role: 'owner',
  sessionId: 's1',
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  grants: [{ role: 'owner', permissions: new Set(PERMISSIONS), scope: {} }],
  permissions: new Set(PERMISSIONS),
};
const bucket = {
  id: 'photos',
  name: 'photos',
  public: false,
  file_size_limit: null,
  allowed_mime_types: null,
  versioning_status: 'DISABLED' as const,
  created_at: 'then',
  updated_at: 'then',
};
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const caller = (identity: Identity | null): Caller => ({ identity, requestId: 'r1', ip: '127.0.0.1', userAgent: null });

const refuse = () => Promise.reject(new Error('not part of this test'));

function setUp(storage: Partial<StorageAdmin> = {}, audit: Partial<AuditSink> = {}) {
  const trail: (AuditIntent | AuditOutcome)[] = [];
  const journal: string[] = [];
  const events = createEventBus({ onHandlerError: () => {} });
  events.on('bucket.created', (payload) => journal.push(`event ${payload.bucket}`));
  const fullStorage: StorageAdmin = {
    listBuckets: refuse,
    getBucket: async () => bucket,
    createBucket: async () => void journal.push('created'),
    updateBucket: refuse,
    emptyBucket: refuse,
    deleteBucket: refuse,
    listObjects: refuse,
    signDownloads: refuse,
    signUpload: refuse,
    removeObjects: refuse,
    transferObject: refuse,
    details: {
      info: refuse,
      describe: refuse,
      versions: refuse,
      deleted: refuse,
      restore: refuse,
      sign: refuse,
      signFolder: refuse,
      purge: refuse,
    },
    ping: refuse,
    ...storage,
  };
  const unused: Pick<OperationDeps, 'control' | 's3Keys' | 'links' | 'webhooks' | 'quotas' | 'settings' | 'maintenance'> = {
    links: { list: refuse, revoke: refuse },
    quotas: { list: refuse, set: refuse, remove: refuse },
    settings: { list: refuse, get: refuse, check: refuse, change: refuse },
    webhooks: {
      list: refuse,
      get: refuse,
      create: refuse,
      update: refuse,
      rotateSecret: refuse,
      test: refuse,
      remove: refuse,
      deliveries: refuse,
      replay: refuse,
    },
    s3Keys: { list: refuse, get: refuse, create: refuse, update: refuse, rotate: refuse, revoke: refuse },
    maintenance: {
      scan: refuse,
      scrub: refuse,
      import: refuse,
      adopted: refuse,
      runs: refuse,
      get: refuse,
      cancel: refuse,
      damaged: refuse,
      quarantine: refuse,
      restore: refuse,
    },
    control: { status: refuse, act: refuse, logs: async function* () {}, events: async function* () {} },
  };
  const info = { version: '1', project: 'p', environment: 'e', mode: 'dev', storageUrl: 'http://s' } as const;
  let count = 0;
  const measured: string[] = [];
  const router = createOperationRouter({
    handlers: HANDLERS,
    deps: {
      ...unused,
      info,
      serviceRoleKey: 'k',
      storage: fullStorage,
      auditLog: noAuditLog,
      ...unusedAccess,
      backups: { store: null, retention: {} },
      policies: null,
      jobs: null,
      schedules: null,
      catalogue: null,
      metrics: null,
      alerting: null,
      databaseCatalogue: null,
    },
    authorise: authoriseByGrants,
    audit: {
      intent: async (entry) => void (trail.push(entry), journal.push('intent')),
      outcome: async (entry) => void (trail.push(entry), journal.push(entry.outcome)),
      ...audit,
    },
    events,
    clock: { now: () => 0 },
    ids: { next: () => `id${(count += 1)}` },
    logger: silent,
    measure: ({ operation, outcome }) => measured.push(`${operation} ${outcome}`),
  });
  return { router, trail, journal, measured };
}

describe('operation router', () => {
  it('writes the intent, runs, writes the outcome and only then announces the event', async () => {
    const { router, journal, measured } = setUp();
    await router.run('buckets.create', { name: 'photos' }, caller(owner));
    expect(journal).toEqual(['intent', 'created', 'done', 'event photos']);
    expect(measured).toEqual(['buckets.create done']);
  });

  it('asks for a session before it looks at the input', async () => {
    const { router, journal } = setUp();
    await expect(router.run('buckets.create', { nonsense: 1 }, caller(null))).rejects.toMatchObject({ code: 'SJ_UNAUTHENTICATED' });
    expect(journal).toEqual([]);
  });

  it('lists every problem of the input by field', async () => {
    const { router } = setUp();
    const failure = router.run('buckets.create', { name: 'a/b', file_size_limit: -1 }, caller(owner));
    await expect(failure).rejects.toMatchObject({
      code: 'SJ_INPUT_INVALID',
      meta: { errors: [{ path: 'name' }, { path: 'file_size_limit' }] },
    });
  });

  it('records who was denied what, and runs nothing', async () => {
    const { router, journal, trail } = setUp();
    const guest = { ...owner, grants: [], permissions: new Set<string>() };
    await expect(router.run('buckets.create', { name: 'photos' }, caller(guest))).rejects.toMatchObject({ code: 'SJ_FORBIDDEN' });
    expect(journal).toEqual(['intent', 'denied']);
    expect(trail[0]).toMatchObject({ identity: { email: 'owner@example.org' }, parameters: { name: 'photos' } });
  });

  it('runs nothing when the intent cannot be written', async () => {
    const createBucket = vi.fn(async () => {});
    const { router } = setUp({ createBucket }, { intent: () => Promise.reject(new Error('disk full')) });
    await expect(router.run('buckets.create', { name: 'photos' }, caller(owner))).rejects.toThrow('disk full');
    expect(createBucket).not.toHaveBeenCalled();
  });

  it('keeps secrets of the input out of the audit trail', async () => {
    const { router, trail } = setUp();
    await expect(router.run('session.login', { email: 'a@example.org', password: 'hunter2' }, caller(null))).rejects.toThrow();
    expect(trail[0]).toMatchObject({ operation: 'session.login', parameters: { email: 'a@example.org', password: '***' } });
    expect(JSON.stringify(trail)).not.toContain('hunter2');
  });

  it('strips from the answer what the output schema does not name', async () => {
    const { router } = setUp({ getBucket: async () => ({ ...bucket, owner_secret: 'x' }) });
    expect(await router.run('buckets.get', { bucket: 'photos' }, caller(owner))).toEqual(bucket);
  });

  it('stops waiting for a handler that does not listen to its signal, and says so in the trail', async () => {
    vi.useFakeTimers();
    try {
      const { router, trail } = setUp({ deleteBucket: () => new Promise(() => {}) });
      const run = router.run('buckets.delete', { bucket: 'photos' }, caller(owner));
      const outcome = expect(run).rejects.toMatchObject({ code: 'SJ_TIMEOUT' });
      await vi.advanceTimersByTimeAsync(bucketsDelete.timeoutMs);
      await outcome;
      expect(trail[1]).toMatchObject({ outcome: 'failed', code: 'SJ_TIMEOUT' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('aborts the handler when the caller goes away', async () => {
    const gone = new AbortController();
    let seen: AbortSignal | undefined;
    const { router } = setUp({
      listBuckets: (_, signal) => {
        seen = signal;
        gone.abort();
        return new Promise(() => {});
      },
    });
    const run = router.run('buckets.list', {}, { ...caller(owner), signal: gone.signal });
    await expect(run).rejects.toMatchObject({ code: 'SJ_INTERRUPTED' });
    expect(seen?.aborted).toBe(true);
  });

  it('gives a local client typed answers', async () => {
    const { router } = setUp();
    const created = await createLocalClient(router, caller(owner)).run(bucketsCreate, { name: 'photos' });
    expect(created.public).toBe(false);
  });
});
