import { z } from 'zod';
import { alertRuleNameSchema, alertRuleSchema, alertSchema, channelResultSchema, channelSchema, silenceSchema } from '../wire/alert.ts';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';

const one = z.strictObject({ id: z.uuid() });

export const alertsList = defineOperation({
  name: 'alerts.list',
  summary: 'Alerts, newest first',
  input: z.strictObject({
    /** `active`: pending or firing; `resolved`: of the last week. */
    state: z.enum(['active', 'firing', 'resolved', 'all']).default('active'),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  output: z.object({ alerts: z.array(alertSchema), channels: z.array(channelSchema) }),
  permission: 'alerts:read',
  effect: 'read',
  rest: { method: 'GET', path: '/alerts' },
});

export const alertsRules = defineOperation({
  name: 'alerts.rules',
  summary: 'What alerts fire on, with the thresholds of this installation',
  input: z.strictObject({}),
  output: z.object({ rules: z.array(alertRuleSchema) }),
  permission: 'alerts:read',
  effect: 'read',
  rest: { method: 'GET', path: '/alerts/rules' },
});

export const alertsSilences = defineOperation({
  name: 'alerts.silences',
  summary: 'Silences that are in force',
  input: z.strictObject({}),
  output: z.object({ silences: z.array(silenceSchema) }),
  permission: 'alerts:read',
  effect: 'read',
  rest: { method: 'GET', path: '/alerts/silences' },
});

export const alertsSilence = defineOperation({
  name: 'alerts.silence',
  summary: 'Tell nobody of matching alerts for a while; they are still listed',
  input: z.strictObject({
    /** Left out: every rule. */
    rule: alertRuleNameSchema.optional(),
    /** Left out: whatever the alert is about. */
    subject: plainText(255).min(1).optional(),
    minutes: z.number().int().min(1).max(43_200),
    reason: plainText(500).min(1),
  }),
  output: silenceSchema,
  permission: 'alerts:write',
  effect: 'write',
  rest: { method: 'POST', path: '/alerts/silences' },
});

export const alertsUnsilence = defineOperation({
  name: 'alerts.unsilence',
  summary: 'End a silence now',
  input: one,
  output: z.object({}),
  permission: 'alerts:write',
  effect: 'write',
  rest: { method: 'DELETE', path: '/alerts/silences/{id}' },
});

export const alertsAcknowledge = defineOperation({
  name: 'alerts.acknowledge',
  summary: 'Say that somebody is at it: the alert is not told again until it is over',
  input: z.strictObject({ id: z.uuid(), note: plainText(500).min(1).optional() }),
  output: alertSchema,
  permission: 'alerts:write',
  effect: 'write',
  rest: { method: 'POST', path: '/alerts/{id}/acknowledge' },
});

export const alertsTest = defineOperation({
  name: 'alerts.test',
  rate: 'heavy',
  summary: 'Send a test message through each channel, and say how each of them took it',
  input: z.strictObject({
    /** Left out: all that are set up. */
    channel: channelSchema.optional(),
  }),
  output: z.object({ results: z.array(channelResultSchema) }),
  permission: 'alerts:write',
  effect: 'write',
  rest: { method: 'POST', path: '/alerts/test' },
});
