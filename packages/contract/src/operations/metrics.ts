import { z } from 'zod';
import { metricLineSchema, metricsOverviewSchema, seriesNameSchema } from '../wire/metrics.ts';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';

const time = z.iso.datetime({ offset: true });

export const metricsOverview = defineOperation({
  name: 'metrics.overview',
  summary: 'Traffic, errors, latency, what is stored, how it grows and when the disk is full',
  input: z.strictObject({}),
  output: metricsOverviewSchema,
  permission: 'metrics:read',
  effect: 'read',
  rest: { method: 'GET', path: '/metrics/overview' },
});

export const metricsQuery = defineOperation({
  name: 'metrics.query',
  rate: 'heavy',
  summary: 'One series of the last week, in steps',
  input: z.strictObject({
    series: seriesNameSchema,
    from: time.optional().describe('Beginning of the range, ISO 8601; left out: an hour before `to`'),
    to: time.optional().describe('End of the range, ISO 8601; left out: now'),
    step: z.coerce
      .number()
      .int()
      .min(15)
      .max(86_400)
      .optional()
      .describe('Seconds of one point; left out: what gives about 240 points. Finer than what is still kept is not possible'),
    by: z.enum(['total', 'instance']).default('total').describe('One line in total, or one for each instance'),
    instance: plainText(255).min(1).optional().describe('Only this instance'),
  }),
  output: z.object({
    series: seriesNameSchema,
    unit: z.string(),
    description: z.string(),
    stepSeconds: z.number().int(),
    from: z.string(),
    to: z.string(),
    lines: z.array(metricLineSchema),
  }),
  permission: 'metrics:read',
  effect: 'read',
  rest: { method: 'GET', path: '/metrics/query' },
});
