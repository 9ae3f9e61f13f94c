import type { HomeWidget } from '@supastor/contract/operations/preferences';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { savePreferences } from './home-queries.ts';
import { DEFAULT_LAYOUT, isWidgetKind, type Layout } from './layout.ts';

export interface Arranging {
  readonly active: boolean;
  readonly isSaving: boolean;
  readonly layout: Layout;
  readonly begin: () => void;
  readonly change: (change: (layout: Layout) => Layout) => void;
  readonly cancel: () => void;
  readonly save: () => void;
}

/** The layout that is shown, and a draft of it while somebody arranges the page; nothing is kept before they say so. */
export function useArranging(kept: readonly HomeWidget[] | null): Arranging {
  const t = useMessages().home;
  const client = useQueryClient();
  const toasts = useToasts();
  const [draft, setDraft] = useState<Layout | null>(null);
  const save = useMutation({
    mutationFn: (layout: Layout) => savePreferences({ home: [...layout] }),
    onSuccess: (preferences) => {
      client.setQueryData(keys.preferences, preferences);
      setDraft(null);
      toasts.success(t.saved);
    },
    onError: (error) => toasts.failure(error),
  });
  // Widgets of a plugin that is not here are kept, and not shown.
  const shown = (kept ?? DEFAULT_LAYOUT).filter(({ kind }) => isWidgetKind(kind));
  return {
    active: draft !== null,
    isSaving: save.isPending,
    layout: draft ?? shown,
    begin: () => setDraft(shown),
    change: (change) => setDraft((before) => change(before ?? shown)),
    cancel: () => setDraft(null),
    save: () => {
      const strange = (kept ?? []).filter(({ kind }) => !isWidgetKind(kind));
      if (draft !== null) save.mutate([...draft, ...strange]);
    },
  };
}
