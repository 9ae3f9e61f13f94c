import type { AuditEntry } from '@supastor/contract/operations/audit';

/** Facility 13 (log audit) of RFC 5424. */
const FACILITY = 13;
const SYSLOG_WARNING = 4;
const SYSLOG_INFO = 6;

/**
 * An entry as a line of syslog (RFC 5424) that carries an event of the Common Event Format, version 0.
 * Parameters, before and after travel as JSON in labelled custom strings.
 */
export function formatCef(entry: AuditEntry, version: string): string {
  const isRefused = entry.outcome === 'denied' || entry.outcome === 'failed';
  const priority = FACILITY * 8 + (isRefused ? SYSLOG_WARNING : SYSLOG_INFO);
  const header = ['CEF:0', 'Supastorj', 'supastor', version, entry.operation, entry.operation, String(severityOf(entry))];
  const extension = fieldsOf(entry).flatMap(([key, value]) => (value === null ? [] : [`${key}=${escapeValue(value)}`]));
  return `<${priority}>1 ${entry.at} - supastor - audit - ${header.map(escapeHeader).join('|')}|${extension.join(' ')}`;
}

/** 0 to 10: reads are low, what removes things is high, and a refusal is one above. */
function severityOf({ effect, outcome }: AuditEntry): number {
  const byEffect: Readonly<Record<string, number>> = { read: 1, write: 3, destructive: 6 };
  return (byEffect[effect ?? ''] ?? 3) + (outcome === 'denied' ? 1 : 0);
}

function fieldsOf(entry: AuditEntry): readonly (readonly [key: string, value: string | null])[] {
  const { identity, durationMs } = entry;
  return [
    ['rt', String(Date.parse(entry.at))],
    ['externalId', entry.id],
    ['act', entry.operation],
    ['outcome', entry.outcome],
    ['reason', entry.code],
    ['suser', identity?.email ?? null],
    ['suid', identity?.apiKeyId ?? identity?.sessionId ?? null],
    ['src', entry.ip],
    ['requestClientApplication', entry.userAgent],
    ['cn1Label', 'seq'],
    ['cn1', String(entry.seq)],
    ...labelled('cn2', 'durationMs', durationMs === null ? null : String(durationMs)),
    ...labelled('cs1', 'resource', entry.resource),
    ...labelled('cs2', 'requestId', entry.requestId),
    ...labelled('cs3', 'parameters', toJson(entry.parameters)),
    ...labelled('cs4', 'before', toJson(entry.before)),
    ...labelled('cs5', 'after', toJson(entry.after)),
  ];
}

function labelled(key: string, label: string, value: string | null): readonly (readonly [string, string | null])[] {
  return value === null
    ? []
    : [
        [`${key}Label`, label],
        [key, value],
      ];
}

function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function escapeHeader(text: string): string {
  return oneLine(text).replaceAll(/[\\|]/g, String.raw`\$&`);
}

function escapeValue(text: string): string {
  return text
    .replaceAll(/[\\=]/g, String.raw`\$&`)
    .replaceAll(/\r\n|\r|\n/g, String.raw`\n`)
    .replaceAll(/\p{Cc}/gu, ' ');
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
