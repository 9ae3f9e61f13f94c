import { randomUUID } from 'node:crypto';
import type {
  Delivery,
  DeliveryPage,
  DeliveryQuery,
  Replay,
  Webhook,
  WebhookCreate,
  WebhookTest,
  WebhookUpdate,
} from '@supastor/contract/wire/webhook';
import { failures } from '../errors.ts';
import type { Database } from '../metadata/database.ts';
import { databaseErrorCode } from '../metadata/database-error.ts';
import type { Step } from '../metadata/step.ts';
import { composeTestMessage } from './message.ts';
import { postMessage } from './post-message.ts';
import {
  type DeliveryRow,
  findTarget,
  insertTarget,
  listDeliveries,
  listTargets,
  removeTarget,
  renewSecret,
  replayDeliveries,
  type TargetRow,
  updateTarget,
  wakeDispatchers,
} from './target-queries.ts';
import { isSetByEnvironment } from './webhook-queries.ts';

/** How test messages are sent: as the dispatcher sends. */
export interface PostSettings {
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
  readonly tenantId: string;
}

export interface TargetsDeps {
  readonly database: Database;
  readonly posting: PostSettings;
}

interface WithSecret {
  readonly webhook: Webhook;
  readonly secret: string;
}

export async function listWebhooks({ database }: TargetsDeps): Promise<readonly Webhook[]> {
  const found = listTargets();
  await database.read(found);
  return found.rows.map(present);
}

/** @throws ProtocolError NoSuchWebhook */
export async function getWebhook({ database }: TargetsDeps, id: string): Promise<Webhook> {
  const found = findTarget(id);
  await database.read(found);
  return present(only(found));
}

/** @throws ProtocolError when the name is taken, or kept for the environment */
export async function createWebhook({ database }: TargetsDeps, wanted: WebhookCreate): Promise<WithSecret> {
  refuseKeptName(wanted.name);
  const made = insertTarget(wanted);
  await database.transact({ steps: [made] });
  const [row] = made.rows;
  if (row === undefined) throw failures.webhookExists(wanted.name);
  return { webhook: present(row), secret: row.secret };
}

/** @throws ProtocolError NoSuchWebhook, or when the new name is taken or kept, or the target belongs to the environment */
export async function updateWebhook(deps: TargetsDeps, id: string, changes: WebhookUpdate): Promise<Webhook> {
  await refuseEnvironmentTarget(deps, id);
  if (changes.name !== undefined) refuseKeptName(changes.name);
  const changed = updateTarget(id, changes);
  await deps.database.transact({ steps: [changed, wakeDispatchers()] }).catch((error: unknown) => {
    if (databaseErrorCode(error) !== UNIQUE_VIOLATION) throw error;
    throw failures.webhookExists(changes.name ?? '');
  });
  return present(only(changed));
}

/** @throws ProtocolError NoSuchWebhook */
export async function rotateWebhookSecret({ database }: TargetsDeps, id: string): Promise<WithSecret> {
  const renewed = renewSecret(id);
  await database.transact({ steps: [renewed] });
  const row = only(renewed);
  return { webhook: present(row), secret: row.secret };
}

/** @throws ProtocolError NoSuchWebhook, or when the target belongs to the environment */
export async function removeWebhook(deps: TargetsDeps, id: string): Promise<void> {
  await refuseEnvironmentTarget(deps, id);
  const removed = removeTarget(id);
  await deps.database.transact({ steps: [removed] });
  only(removed);
}

/** Sends a message about nothing, once. @throws ProtocolError NoSuchWebhook */
export async function testWebhook({ database, posting }: TargetsDeps, id: string): Promise<WebhookTest> {
  const found = findTarget(id);
  await database.read(found);
  const { url, secret, bearer } = only(found);
  const { body, headers } = composeTestMessage({ key: randomUUID(), secret, bearer }, { tenantId: posting.tenantId, now: new Date() });
  const startedMs = performance.now();
  const answer = await post(url, body, { ...posting, headers, signal: AbortSignal.timeout(posting.timeoutMs) });
  return { ...answer, durationMs: Math.round(performance.now() - startedMs) };
}

async function post(url: string, body: string, options: Parameters<typeof postMessage>[2]): Promise<Omit<WebhookTest, 'durationMs'>> {
  try {
    const status = await postMessage(url, body, options);
    return { delivered: status >= 200 && status < 300, status, reason: `answered ${status}` };
  } catch (error) {
    return { delivered: false, status: null, reason: error instanceof Error ? error.message.slice(0, 500) : 'failed' };
  }
}

export async function pageDeliveries({ database }: TargetsDeps, query: DeliveryQuery): Promise<DeliveryPage> {
  const found = listDeliveries({ ...query, limit: query.limit + 1 });
  await database.read(found);
  const page = found.rows.slice(0, query.limit);
  return { deliveries: page.map(presentDelivery), nextCursor: found.rows.length > page.length ? (page.at(-1)?.id ?? null) : null };
}

/** How many messages will be sent again. */
export async function replay({ database }: TargetsDeps, selection: Replay): Promise<{ readonly replayed: number }> {
  const done = replayDeliveries(selection);
  await database.transact({ steps: [done] });
  return { replayed: Number(done.rows[0]?.replayed ?? 0) };
}

const UNIQUE_VIOLATION = '23505';

/** The server writes such a target anew at each start, so a change would not last. */
async function refuseEnvironmentTarget(deps: TargetsDeps, id: string): Promise<void> {
  const { name, fromEnvironment } = await getWebhook(deps, id);
  if (fromEnvironment) throw failures.invalidRequest(`the target ${name} is set by the environment of the server: change it there`);
}

/** A start of the server would overwrite, pause or remove a target of that name. */
function refuseKeptName(name: string): void {
  if (isSetByEnvironment(name))
    throw failures.invalidRequest(`name: ${name} is kept for the environment of the server; choose another one`);
}

function only<Row>({ rows: [row] }: Step<Row>): Row {
  if (row === undefined) throw failures.noSuchWebhook();
  return row;
}

function present(row: TargetRow): Webhook {
  const { id, name, url, events, prefix, active } = row;
  return {
    id,
    name,
    url,
    events,
    bucket: row.bucket_id,
    prefix,
    active,
    hasBearer: row.bearer !== null,
    fromEnvironment: isSetByEnvironment(name),
    createdAt: row.created_at.toISOString(),
    pending: Number(row.pending),
    dead: Number(row.dead),
    lastDeliveredAt: row.last_delivered_at?.toISOString() ?? null,
  };
}

function presentDelivery(row: DeliveryRow): Delivery {
  const { id, key, event, name: path, state, attempts } = row;
  return {
    id,
    key,
    webhookId: row.webhook_id,
    event,
    bucket: row.bucket_id,
    path,
    state,
    attempts,
    createdAt: row.created_at.toISOString(),
    nextAttemptAt: state === 'pending' ? row.next_attempt_at.toISOString() : null,
    settledAt: row.settled_at?.toISOString() ?? null,
    lastStatus: row.last_status,
    lastError: row.last_error,
  };
}
