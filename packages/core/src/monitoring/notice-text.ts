import type { AlertRuleName, Severity } from '@supastor/contract/wire/alert';
import { ruleOf } from './alert-rules.ts';
import type { Notice } from './alert-state.ts';

/** One thing that people are told. */
export interface NoticeText {
  readonly kind: Notice['kind'] | 'test';
  /** Of the alert; of a test its own. */
  readonly id: string;
  readonly rule: AlertRuleName | null;
  readonly subject: string | null;
  readonly severity: Severity;
  readonly summary: string;
  readonly advice: string;
  /** When it began, ISO 8601. */
  readonly since: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What a channel sends: any number of notices at once. */
export interface Message {
  readonly title: string;
  readonly severity: Severity;
  readonly isResolved: boolean;
  readonly lines: readonly string[];
  /** Where to look; null: it is not known. */
  readonly link: string | null;
  readonly notices: readonly NoticeText[];
}

const MARKS = { fired: 'FIRING', repeated: 'STILL FIRING', resolved: 'RESOLVED', test: 'TEST' } as const;
const MAX_LINES = 20;

export function textOfNotice({ kind, alert }: Notice, nowMs: number): NoticeText {
  return {
    kind,
    id: alert.id,
    rule: alert.rule,
    subject: alert.subject,
    severity: alert.severity,
    summary: alert.summary,
    advice: ruleOf(alert.rule)?.advice ?? '',
    since: new Date(alert.sinceMs).toISOString(),
    at: new Date(nowMs).toISOString(),
  };
}

export function testNotice(id: string, nowMs: number): NoticeText {
  const at = new Date(nowMs).toISOString();
  const summary = 'This is a test: alerts reach this channel';
  return { kind: 'test', id, rule: null, subject: null, severity: 'warning', summary, advice: '', since: at, at };
}

/** Puts notices into one message, resolved ones last. */
export function composeMessage(notices: readonly NoticeText[], site: { readonly name: string; readonly link: string | null }): Message {
  const ordered = [...notices.filter(({ kind }) => kind !== 'resolved'), ...notices.filter(({ kind }) => kind === 'resolved')];
  const firing = ordered.filter(({ kind }) => kind !== 'resolved');
  const [first] = ordered;
  const more = ordered.length > 1 ? ` and ${ordered.length - 1} more` : '';
  const lines = ordered.slice(0, MAX_LINES).flatMap((notice) => {
    const head = `${MARKS[notice.kind]} ${notice.severity}: ${notice.summary} (since ${notice.since})`;
    return notice.kind === 'resolved' || notice.advice === '' ? [head] : [head, `  ${notice.advice}`];
  });
  if (ordered.length > MAX_LINES) lines.push(`and ${ordered.length - MAX_LINES} more`);
  return {
    title: first ? `[${site.name}] ${MARKS[first.kind]}: ${first.summary}${more}` : `[${site.name}]`,
    severity: firing.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    isResolved: firing.length === 0,
    lines,
    link: site.link,
    notices: ordered,
  };
}
