import { settingsCheck, settingsGet, settingsList, settingsSet, settingsUnset } from '@supastor/contract/operations/settings';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { Settings } from './settings.ts';

type Context = OperationContext<{ readonly settings: Settings }>;

export const settingHandlers = {
  'settings.list': implement(settingsList, (_, { deps, signal }: Context) => deps.settings.list(signal)),
  'settings.get': implement(settingsGet, ({ path }, { deps, signal }: Context) => deps.settings.get(path, signal)),
  'settings.check': implement(settingsCheck, (wanted, { deps, signal }: Context) => deps.settings.check(wanted, signal)),
  'settings.set': implement(settingsSet, change),
  'settings.unset': implement(settingsUnset, ({ path, revision }, context: Context) =>
    change({ path, revision, value: undefined }, context),
  ),
};

interface Wanted {
  readonly path: string;
  readonly value: string | undefined;
  readonly revision?: string | undefined;
}

async function change(wanted: Wanted, { deps, signal, recordChange }: Context) {
  const { value, source } = await deps.settings.get(wanted.path, signal);
  recordChange({ before: { value, source } });
  const changed = await deps.settings.change(wanted, signal);
  recordChange({ after: { value: changed.setting.value, source: changed.setting.source } });
  return changed;
}
