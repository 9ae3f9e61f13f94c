import { z } from 'zod';
import { field, flag, list } from './field.ts';

/** What is measured, and who is told when something is wrong. */
export const monitoringSchema = z.strictObject({
  enabled: field(flag().default(true), {
    description: 'Sample all services every 15 seconds and keep a week of it in Postgres.',
    env: ['SUPASTOR_MONITORING_ENABLED'],
  }),
  storageUrls: field(
    list()
      .refine((parts) => parts.every((part) => URL.canParse(part)), 'expected URLs such as http://storage:5000')
      .default([]),
    {
      description: 'Storage servers to sample; every address behind a name is one. Default: the one of this stack.',
      env: ['SUPASTOR_MONITORING_STORAGE_URLS'],
    },
  ),
});
