import { queryOptions } from '@tanstack/react-query';
import { call } from './call.ts';
import { operations } from './operations.ts';
import { keys } from './query-keys.ts';

/** The configuration: every setting with its value, and where that came from. */
export const settingsQuery = queryOptions({
  queryKey: keys.settings,
  queryFn: ({ signal }) => call(operations.settingsList, {}, signal),
});
