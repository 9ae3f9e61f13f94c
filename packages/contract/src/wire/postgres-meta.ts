import { z } from 'zod';

/** Answers of postgres-meta, as far as we read them. Unknown fields are ignored. */

export const metaSchemaSchema = z.object({ name: z.string(), owner: z.string() });

export const metaTableSchema = z.object({
  schema: z.string(),
  name: z.string(),
  comment: z.string().nullable(),
  rls_enabled: z.boolean(),
  bytes: z.number(),
  live_rows_estimate: z.number(),
  primary_keys: z.array(z.object({ name: z.string() })),
  columns: z
    .array(
      z.object({
        name: z.string(),
        data_type: z.string(),
        is_nullable: z.boolean(),
        default_value: z
          .unknown()
          .transform((value) => (value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value))),
        comment: z.string().nullable(),
      }),
    )
    .default([]),
});

export const metaRoleSchema = z.object({
  name: z.string(),
  can_login: z.boolean(),
  is_superuser: z.boolean(),
  can_bypass_rls: z.boolean(),
  connection_limit: z.number(),
  active_connections: z.number(),
});

export const metaGrantSchema = z.object({
  name: z.string(),
  privileges: z.array(z.object({ grantee: z.string(), privilege_type: z.string() })),
});
