import { z } from 'zod';
import { named } from '../operations/type-names.ts';

export const ALERT_RULES = [
  'instance-down',
  'error-rate',
  'latency',
  'disk-space',
  'disk-full-soon',
  'database-connections',
  'long-transaction',
  'replication-lag',
  'webhooks-failing',
  'dead-letters',
  'collector-backlog',
  'damage',
  'audit-broken',
  'certificate-expiry',
] as const;
export const alertRuleNameSchema = named('AlertRuleName', z.enum(ALERT_RULES));
export type AlertRuleName = z.infer<typeof alertRuleNameSchema>;

export const severitySchema = named('AlertSeverity', z.enum(['critical', 'warning']));
export type Severity = z.infer<typeof severitySchema>;

export const alertStateSchema = named('AlertState', z.enum(['pending', 'firing', 'resolved']));
export type AlertState = z.infer<typeof alertStateSchema>;

export const alertSchema = named(
  'Alert',
  z.object({
    id: z.string(),
    rule: alertRuleNameSchema,
    /** What it is about, such as an instance; null: the whole installation. */
    subject: z.string().nullable(),
    severity: severitySchema,
    state: alertStateSchema,
    /** What is wrong, with the figure. */
    summary: z.string(),
    value: z.number(),
    since: z.string(),
    firedAt: z.string().nullable(),
    resolvedAt: z.string().nullable(),
    acknowledgedBy: z.string().nullable(),
    acknowledgedAt: z.string().nullable(),
    note: z.string().nullable(),
    /** Until when nobody is told of it; null: it is not silenced. */
    silencedUntil: z.string().nullable(),
  }),
);
export type Alert = z.infer<typeof alertSchema>;

export const silenceSchema = named(
  'AlertSilence',
  z.object({
    id: z.string(),
    /** Null: any. */
    rule: alertRuleNameSchema.nullable(),
    subject: z.string().nullable(),
    reason: z.string(),
    by: z.string(),
    createdAt: z.string(),
    until: z.string(),
  }),
);
export type Silence = z.infer<typeof silenceSchema>;

export const alertRuleSchema = named(
  'AlertRule',
  z.object({
    rule: alertRuleNameSchema,
    title: z.string(),
    severity: severitySchema,
    /** What it compares, in words. */
    condition: z.string(),
    threshold: z.number(),
    unit: z.string(),
    /** How long it must hold before the alert fires. */
    forSeconds: z.number().int(),
    /** What to do about it. */
    advice: z.string(),
    /** The same for Prometheus. */
    promql: z.string(),
  }),
);

export const CHANNELS = ['mail', 'webhook', 'slack', 'telegram', 'ntfy'] as const;
export const channelSchema = named('AlertChannel', z.enum(CHANNELS));
export type ChannelName = z.infer<typeof channelSchema>;

export const channelResultSchema = named(
  'AlertChannelResult',
  z.object({ channel: channelSchema, ok: z.boolean(), error: z.string().nullable() }),
);
export type ChannelResult = z.infer<typeof channelResultSchema>;
