import { z } from 'zod';
import {
  settingChangeSchema,
  settingCheckSchema,
  settingListSchema,
  settingPathSchema,
  settingRevisionSchema,
  settingSchema,
  settingValueSchema,
} from '../wire/setting.ts';
import { defineOperation } from './define.ts';

const change = {
  path: settingPathSchema,
  revision: settingRevisionSchema
    .optional()
    .describe('Revision the change is based on; refused when the file is not in this state any more. Left out: it is changed as it is'),
};

export const settingsList = defineOperation({
  name: 'settings.list',
  summary: 'Every setting, its value, and where that came from',
  input: z.strictObject({}),
  output: settingListSchema,
  permission: 'settings:read',
  effect: 'read',
  rest: { method: 'GET', path: '/settings' },
});

export const settingsGet = defineOperation({
  name: 'settings.get',
  summary: 'One setting, its value, and where that came from',
  input: z.strictObject({ path: settingPathSchema }),
  output: settingSchema,
  permission: 'settings:read',
  effect: 'read',
  rest: { method: 'GET', path: '/settings/{path}' },
});

export const settingsCheck = defineOperation({
  name: 'settings.check',
  summary: 'Whether a value would be taken, what it would change in the file, and which services it would restart; nothing is changed',
  input: z.strictObject({ path: settingPathSchema, value: settingValueSchema }),
  output: settingCheckSchema,
  permission: 'settings:read',
  effect: 'read',
  rest: { method: 'POST', path: '/settings/{path}/check' },
});

export const settingsSet = defineOperation({
  name: 'settings.set',
  summary: 'Set a value in the configuration file; its comments stay',
  input: z.strictObject({ ...change, value: settingValueSchema }),
  output: settingChangeSchema,
  permission: 'settings:write',
  effect: 'write',
  rest: { method: 'PUT', path: '/settings/{path}' },
});

export const settingsUnset = defineOperation({
  name: 'settings.unset',
  summary: 'Take a value out of the configuration file, so that a weaker one holds',
  input: z.strictObject(change),
  output: settingChangeSchema,
  permission: 'settings:write',
  effect: 'write',
  rest: { method: 'DELETE', path: '/settings/{path}' },
});
