import { z } from 'zod';
import { alertRuleNameSchema, alertRuleSchema, alertSchema, channelResultSchema, channelSchema, silenceSchema } from '../wire/alert.ts';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';

const one = z.strictObject({ id: z.uuid().describe('Id of the silence') });

export const alertsList = defineOperation({
  name: 'alerts.list',
  summary: 'Alerts, newest first',
  input: z.strictObject({
    state: z
      .enum(['active', 'firing', 'resolved', 'all'])
      .default('active')
      .describe('Which alerts: `active` is pending or firing, `resolved` those of the last week'),
    limit: z.coerce.number().int().min(1).max(500).default(100).describe('Most entries of one answer'),
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
    rule: alertRuleNameSchema.optional().describe('Rule to silence; left out: every rule'),
    subject: plainText(255).min(1).optional().describe('What the alert is about, such as a service; left out: everything'),
    minutes: z.number().int().min(1).max(43_200).describe('How long it lasts, in minutes, up to 30 days'),
    reason: plainText(500).min(1).describe('Why, for those who look at it later'),
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
  input: z.strictObject({
    id: z.uuid().describe('Id of the alert'),
    note: plainText(500).min(1).optional().describe('Note for the others who see the alert'),
  }),
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
    channel: channelSchema.optional().describe('Channel to test; left out: all that are set up'),
  }),
  output: z.object({ results: z.array(channelResultSchema) }),
  permission: 'alerts:write',
  effect: 'write',
  rest: { method: 'POST', path: '/alerts/test' },
});
