import { z } from 'zod';
import { defineOperation } from './define.ts';
import { plainText } from './text.ts';
import { named } from './type-names.ts';

/** Columns of the grid of the dashboard's home page. */
export const HOME_COLUMNS = 12;

export const homeWidgetSchema = named(
  'HomeWidget',
  z.strictObject({
    kind: plainText(60).min(1).describe("What it shows: one of the dashboard's own or of a plugin; unknown ones are kept and left out"),
    width: z.number().int().min(3).max(HOME_COLUMNS).describe('Width in columns of 12'),
    height: z.number().int().min(1).max(6).describe('Height in rows'),
  }),
);
export type HomeWidget = z.infer<typeof homeWidgetSchema>;

export const preferencesSchema = named(
  'Preferences',
  z.strictObject({
    home: z.array(homeWidgetSchema).max(40).nullable().describe('Widgets of the home page in their order; null: as they come'),
    startDismissed: z.boolean().describe('The steps after the first sign-in are not shown any more'),
  }),
);
export type Preferences = z.infer<typeof preferencesSchema>;

export const accountPreferences = defineOperation({
  name: 'account.preferences',
  summary: 'How one has arranged the dashboard',
  input: z.strictObject({}),
  output: preferencesSchema,
  permission: 'account:write',
  scope: () => null,
  effect: 'read',
  rest: { method: 'GET', path: '/account/preferences' },
});

export const accountSavePreferences = defineOperation({
  name: 'account.savePreferences',
  summary: 'Keep how one has arranged the dashboard; what is left out stays',
  input: preferencesSchema.partial(),
  output: preferencesSchema,
  permission: 'account:write',
  scope: () => null,
  effect: 'write',
  rest: { method: 'PATCH', path: '/account/preferences' },
});
