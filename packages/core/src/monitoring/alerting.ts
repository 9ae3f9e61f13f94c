import type { AlertThresholds } from '@supastor/contract/config/monitoring';
import type { Alert, ChannelName, ChannelResult, Silence } from '@supastor/contract/wire/alert';
import { isoOrNull } from '../operations/iso-time.ts';
import type { Clock, IdSource, OperationLogger } from '../operations/ports.ts';
import { advanceAlerts, type AlertChanges, silencedUntil, type StoredAlert, type StoredSilence } from './alert-state.ts';
import type { AlertStore, QueuedNotice } from './alert-store.port.ts';
import type { Channel } from './channel.port.ts';
import { EVIDENCE_MS, findBreaches } from './evaluate-rules.ts';
import type { UsedAt } from './forecast.ts';
import type { MetricStore } from './metric-store.port.ts';
import { diskUse } from './overview.ts';
import { composeMessage, testNotice, textOfNotice } from './notice-text.ts';

export interface AlertingOptions {
  readonly store: AlertStore;
  readonly metrics: MetricStore;
  readonly thresholds: AlertThresholds;
  readonly channels: readonly Channel[];
  readonly groupMs: number;
  readonly repeatMs: number;
  /** How the installation is called in messages, and where to look. */
  readonly site: () => { readonly name: string; readonly link: string | null };
  readonly onEvent: (kind: 'fired' | 'resolved', alert: Alert) => void;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: OperationLogger;
}

/** Judges what was measured, and tells people. */
export interface Alerting {
  readonly thresholds: AlertThresholds;
  readonly channels: readonly ChannelName[];
  /** Judges once. For one server at a time; a second one that does it all the same changes nothing. */
  evaluate(): Promise<void>;
  /** Sends what is due. Any number of servers may. */
  deliver(signal: AbortSignal): Promise<void>;
  list(states: readonly StoredAlert['state'][], limit: number): Promise<readonly Alert[]>;
  silences(): Promise<readonly Silence[]>;
  silence(wish: Pick<StoredSilence, 'rule' | 'subject' | 'reason' | 'by'>, ms: number): Promise<Silence>;
  unsilence(id: string): Promise<Silence | null>;
  acknowledge(id: string, by: string, note: string | null): Promise<Alert | null>;
  /** Sends a test message, through one channel or all. */
  test(channel: ChannelName | null, signal: AbortSignal): Promise<readonly ChannelResult[]>;
}

const WEEK_MS = 7 * 86_400_000;
const WEEK_STEP_SECONDS = 900;
const CLAIM_MS = 60_000;
const SEND_TIMEOUT_MS = 15_000;
const FIRST_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 900_000;
/** A message that could not be sent for a day is of no use any more. */
const GIVE_UP_MS = 86_400_000;

export function createAlerting(options: AlertingOptions): Alerting {
  const { store, metrics, thresholds, channels, groupMs, repeatMs, site, onEvent, clock, ids, logger } = options;

  let week: { readonly newestMs: number | null; readonly used: readonly UsedAt[] } = { newestMs: null, used: [] };

  /** Every judgement looks at the week of the disk, which changes once in a quarter of an hour. */
  async function readDiskUse(nowMs: number): Promise<readonly UsedAt[]> {
    const newestMs = await metrics.newest(WEEK_STEP_SECONDS);
    if (newestMs !== week.newestMs) {
      week = { newestMs, used: diskUse(await metrics.read(WEEK_STEP_SECONDS, nowMs - WEEK_MS, nowMs + 1)) };
    }
    return week.used;
  }

  const show = (alert: StoredAlert, silences: readonly StoredSilence[]) => toAlert(alert, silencedUntil(alert, silences, clock.now()));

  function noticesOf(changes: AlertChanges, nowMs: number) {
    return changes.notices.flatMap((notice) =>
      channels.map(({ name }) => ({ channel: name, dueMs: nowMs + groupMs, text: textOfNotice(notice, nowMs) })),
    );
  }

  async function deliverThrough(channel: Channel, signal: AbortSignal): Promise<void> {
    const due = await store.claim(channel.name, CLAIM_MS);
    if (due.length === 0) return;
    const all = due.map(({ id }) => id);
    try {
      await channel.send(
        composeMessage(
          due.map(({ text }) => text),
          site(),
        ),
        within(signal),
      );
      await store.settle(all);
    } catch (error) {
      const reason = reasonOf(error);
      logger.warn({ channel: channel.name, reason }, 'a notification could not be sent');
      await putOff(due, reason);
    }
  }

  async function putOff(due: readonly QueuedNotice[], reason: string): Promise<void> {
    const nowMs = clock.now();
    const isOver = ({ createdMs }: QueuedNotice) => nowMs - createdMs > GIVE_UP_MS;
    await store.settle(due.filter(isOver).map(({ id }) => id));
    const kept = due.filter((notice) => !isOver(notice));
    const attempts = Math.max(1, ...kept.map((notice) => notice.attempts));
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(10, attempts - 1));
    await store.postpone(
      kept.map(({ id }) => id),
      delayMs,
      reason,
    );
  }

  return {
    thresholds,
    channels: channels.map(({ name }) => name),
    async evaluate() {
      const nowMs = clock.now();
      const [recent, used, silences] = await Promise.all([
        metrics.read(15, nowMs - EVIDENCE_MS, nowMs + 1),
        readDiskUse(nowMs),
        store.silences(),
      ]);
      const breaches = findBreaches({ nowMs, recent, used }, thresholds);
      const events: AlertChanges['events'][number][] = [];
      await store.change((open) => {
        const changes = advanceAlerts({ open, breaches, silences, nowMs, repeatMs, nextId: () => ids.next() });
        events.push(...changes.events);
        return { ...changes, notices: noticesOf(changes, nowMs) };
      });
      for (const { kind, alert } of events) onEvent(kind, show(alert, silences));
    },
    async deliver(signal) {
      await Promise.all(channels.map((channel) => deliverThrough(channel, signal)));
    },
    async list(states, limit) {
      const [alerts, silences] = await Promise.all([store.list(states, limit), store.silences()]);
      return alerts.map((alert) => show(alert, silences));
    },
    silences: async () => (await store.silences()).map(toSilence),
    async silence({ rule, subject, reason, by }, ms) {
      const nowMs = clock.now();
      const silence = { id: ids.next(), rule, subject, reason, by, createdMs: nowMs, untilMs: nowMs + ms };
      await store.silence(silence);
      return toSilence(silence);
    },
    async unsilence(id) {
      const silence = await store.unsilence(id);
      return silence && toSilence(silence);
    },
    async acknowledge(id, by, note) {
      const alert = await store.acknowledge(id, by, note);
      return alert && show(alert, await store.silences());
    },
    test: (wanted, signal) =>
      Promise.all(
        channels
          .filter(({ name }) => wanted === null || name === wanted)
          .map(async (channel): Promise<ChannelResult> => {
            const message = composeMessage([testNotice(ids.next(), clock.now())], site());
            return channel.send(message, within(signal)).then(
              () => ({ channel: channel.name, ok: true, error: null }),
              (error: unknown) => ({ channel: channel.name, ok: false, error: reasonOf(error) }),
            );
          }),
      ),
  };
}

function within(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]);
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : 'it failed').slice(0, 300);
}

function toAlert({ lastBreachMs: _lastBreach, toldMs: _told, ...alert }: StoredAlert, untilMs: number | null): Alert {
  const { sinceMs, firedMs, resolvedMs, acknowledgedMs, ...same } = alert;
  return {
    ...same,
    since: new Date(sinceMs).toISOString(),
    firedAt: isoOrNull(firedMs),
    resolvedAt: isoOrNull(resolvedMs),
    acknowledgedAt: isoOrNull(acknowledgedMs),
    silencedUntil: isoOrNull(untilMs),
  };
}

function toSilence({ createdMs, untilMs, ...silence }: StoredSilence): Silence {
  return { ...silence, createdAt: new Date(createdMs).toISOString(), until: new Date(untilMs).toISOString() };
}
