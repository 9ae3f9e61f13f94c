import type { AlertRuleName, AlertState, Severity } from '@supastor/contract/wire/alert';
import { ruleOf } from './alert-rules.ts';
import type { Breach } from './evaluate-rules.ts';

/** An alert as it is stored. One of the same rule and subject is open at a time. */
export interface StoredAlert {
  readonly id: string;
  readonly rule: AlertRuleName;
  readonly subject: string | null;
  readonly severity: Severity;
  readonly state: AlertState;
  readonly summary: string;
  readonly value: number;
  readonly sinceMs: number;
  /** When the condition held last. */
  readonly lastBreachMs: number;
  readonly firedMs: number | null;
  readonly resolvedMs: number | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedMs: number | null;
  readonly note: string | null;
  /** When people were told last that it fires; null: not yet. */
  readonly toldMs: number | null;
}

export interface StoredSilence {
  readonly id: string;
  readonly rule: AlertRuleName | null;
  readonly subject: string | null;
  readonly reason: string;
  readonly by: string;
  readonly createdMs: number;
  readonly untilMs: number;
}

/** What people are to be told. */
export interface Notice {
  readonly kind: 'fired' | 'repeated' | 'resolved';
  readonly alert: StoredAlert;
}

export interface AlertChanges {
  /** New or changed. */
  readonly save: readonly StoredAlert[];
  /** Pending ones whose condition went away. */
  readonly drop: readonly string[];
  readonly notices: readonly Notice[];
  /** Facts for observers, silenced or not. */
  readonly events: readonly { readonly kind: 'fired' | 'resolved'; readonly alert: StoredAlert }[];
}

export interface AlertSituation {
  /** Those that are not resolved. */
  readonly open: readonly StoredAlert[];
  readonly breaches: readonly Breach[];
  readonly silences: readonly StoredSilence[];
  readonly nowMs: number;
  readonly repeatMs: number;
  readonly nextId: () => string;
}

/** A condition that comes and goes within this time does not resolve and fire again. */
const CALM_MS = 90_000;

/** What becomes of alerts in view of what holds now. */
export function advanceAlerts(situation: AlertSituation): AlertChanges {
  const { open, breaches, nowMs } = situation;
  const keyOf = ({ rule, subject }: Pick<StoredAlert, 'rule' | 'subject'>) => `${rule} ${subject ?? ''}`;
  const holding = new Map(breaches.map((breach) => [keyOf(breach), breach]));
  const known = new Set(open.map(keyOf));
  const fresh = breaches.filter((breach) => !known.has(keyOf(breach))).map((breach) => begin(breach, situation));
  const save: StoredAlert[] = [];
  const drop: string[] = [];
  const notices: Notice[] = [];
  const events: { kind: 'fired' | 'resolved'; alert: StoredAlert }[] = [];
  for (const before of [...open, ...fresh]) {
    const breach = holding.get(keyOf(before));
    if (!breach && before.state === 'pending') drop.push(before.id);
    else if (!breach && nowMs - before.lastBreachMs >= CALM_MS) {
      const resolved: StoredAlert = { ...before, state: 'resolved', resolvedMs: nowMs };
      save.push(resolved);
      events.push({ kind: 'resolved', alert: resolved });
      if (before.toldMs !== null && !isSilenced(before, situation)) notices.push({ kind: 'resolved', alert: resolved });
    } else {
      const after = hold(before, breach, nowMs);
      const notice = noticeOf(after, situation);
      if (after.state === 'firing' && before.state === 'pending') events.push({ kind: 'fired', alert: after });
      if (notice) notices.push({ kind: notice, alert: after });
      if (notice) save.push({ ...after, toldMs: nowMs });
      else if (breach) save.push(after);
    }
  }
  return { save, drop, notices, events };
}

/** Until when an alert is silenced; null: it is not. */
export function silencedUntil(
  alert: Pick<StoredAlert, 'rule' | 'subject'>,
  silences: readonly StoredSilence[],
  nowMs: number,
): number | null {
  const matching = silences.filter(
    ({ rule, subject, untilMs }) => untilMs > nowMs && (rule ?? alert.rule) === alert.rule && (subject ?? alert.subject) === alert.subject,
  );
  return matching.length === 0 ? null : Math.max(...matching.map(({ untilMs }) => untilMs));
}

function isSilenced(alert: StoredAlert, { silences, nowMs }: AlertSituation): boolean {
  return silencedUntil(alert, silences, nowMs) !== null;
}

function begin(breach: Breach, { nowMs, nextId }: AlertSituation): StoredAlert {
  return {
    ...breach,
    id: nextId(),
    severity: ruleOf(breach.rule)?.severity ?? 'warning',
    state: 'pending',
    sinceMs: nowMs,
    lastBreachMs: nowMs,
    firedMs: null,
    resolvedMs: null,
    acknowledgedBy: null,
    acknowledgedMs: null,
    note: null,
    toldMs: null,
  };
}

function hold(before: StoredAlert, breach: Breach | undefined, nowMs: number): StoredAlert {
  if (!breach) return before;
  const held = { ...before, value: breach.value, summary: breach.summary, lastBreachMs: nowMs };
  const forMs = (ruleOf(before.rule)?.forSeconds ?? 0) * 1000;
  return before.state === 'pending' && nowMs - before.sinceMs >= forMs ? { ...held, state: 'firing', firedMs: nowMs } : held;
}

function noticeOf(alert: StoredAlert, situation: AlertSituation): 'fired' | 'repeated' | null {
  if (alert.state !== 'firing' || isSilenced(alert, situation)) return null;
  if (alert.toldMs === null) return 'fired';
  const isDue = situation.nowMs - alert.toldMs >= situation.repeatMs;
  return isDue && alert.acknowledgedBy === null ? 'repeated' : null;
}
