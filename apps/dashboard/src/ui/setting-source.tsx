import type { Setting } from '@supastor/contract/wire/setting';
import { useMessages } from '../messages/locale-provider.tsx';
import { Breakable } from './breakable.tsx';

/** Where a value came from, in words. */
export function SettingSource({ source: { kind, name, file, line } }: { readonly source: Setting['source'] }) {
  const t = useMessages().settings.from;
  switch (kind) {
    case 'default':
      return t.default;
    case 'env':
      return <Breakable text={t.variable(name ?? '')} />;
    case 'flag':
      return t.flag(name ?? '');
    default:
      return <Breakable text={t.line(file ?? '', line ?? 1)} />;
  }
}

/** A value on one line; a secret is not shown. */
export function useShownValue(): (setting: Pick<Setting, 'value' | 'secret'>) => string {
  const t = useMessages().settings;
  return ({ value, secret }) => {
    if (value === null || value === '') return t.unset;
    return secret ? t.hidden : value;
  };
}
