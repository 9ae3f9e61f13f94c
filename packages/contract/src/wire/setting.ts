import { z } from 'zod';
import { named } from '../operations/type-names.ts';
import { plainText } from '../operations/text.ts';
import { serviceNameSchema } from './service-status.ts';

/** Where a value of the configuration can come from, weakest first. */
export const SETTING_SOURCES = ['default', 'dotenv', 'yaml', 'env', 'flag'] as const;

export const settingSourceSchema = named(
  'SettingSource',
  z.object({
    kind: z.enum(SETTING_SOURCES),
    /** Variable, flag, or environment of the file that held the value; null for defaults. */
    name: z.string().nullable(),
    file: z.string().nullable(),
    /** Counted from 1. */
    line: z.number().int().nullable(),
  }),
);
export type SettingSource = z.infer<typeof settingSourceSchema>;

export const settingSchema = named(
  'Setting',
  z.object({
    /** Dotted path, `storage.port`. */
    path: z.string(),
    description: z.string(),
    /** In words: `port`, `dev | prod`, `whole number (seconds)`. */
    type: z.string(),
    /** The only values it takes; empty: any of its type. */
    options: z.array(z.string()),
    secret: z.boolean(),
    /** As text, lists with commas; `***` for a secret, null when unset. */
    value: z.string().nullable(),
    /** What holds when nothing sets it. */
    defaultValue: z.string().nullable(),
    source: settingSourceSchema,
    /** Weaker values that lost, strongest first. */
    overrode: z.array(z.object({ value: z.string().nullable(), source: settingSourceSchema })),
    /** Why it cannot be changed here; null: it can. */
    locked: z.string().nullable(),
    /** Whether the environment that is in force sets it in the file, so that it can be taken out there. */
    inFile: z.boolean(),
    /** Services that look at it: a change starts them anew. What a change does exactly, `settings.check` says. */
    restarts: z.array(serviceNameSchema),
    /** State of the file that the answer was read from. */
    revision: z.string(),
  }),
);
export type Setting = z.infer<typeof settingSchema>;

export const settingListSchema = named(
  'SettingList',
  z.object({
    /** Environment of the file that is in force; null: this server has no file. */
    environment: z.string().nullable(),
    /** The file that changes are written to. */
    file: z.string().nullable(),
    /** State of the file; a change that names it is refused when the file has changed since. */
    revision: z.string().nullable(),
    /** Why nothing can be changed here; null: it can. */
    readOnly: z.string().nullable(),
    settings: z.array(settingSchema),
  }),
);
export type SettingList = z.infer<typeof settingListSchema>;

/** What a change of a setting does. */
export const settingChangeSchema = named(
  'SettingChange',
  z.object({
    /** The setting as it is afterwards. */
    setting: settingSchema,
    /** Lines of the file before and after. */
    diff: z.array(z.object({ line: z.number().int(), before: z.string().nullable(), after: z.string().nullable() })),
    /** Services that have to be started anew; `supastor up` does it, by itself where it has stayed in the foreground. */
    restarts: z.array(serviceNameSchema),
  }),
);
export type SettingChange = z.infer<typeof settingChangeSchema>;

export const settingCheckSchema = named(
  'SettingCheck',
  z.object({
    /** Why the value would be refused; null: it would be taken. */
    problem: z.string().nullable(),
    /** What it would do; null: it would be refused. */
    change: settingChangeSchema.nullable(),
  }),
);
export type SettingCheck = z.infer<typeof settingCheckSchema>;

export const settingPathSchema = plainText(200).min(1).describe('Path of the setting, such as storage.port');
/** As text, the way an environment variable would have it; lists with commas. */
export const settingValueSchema = plainText(10_000).describe(
  'Value as text, the way an environment variable would have it; lists with commas',
);
export const settingRevisionSchema = plainText(100).min(1);
