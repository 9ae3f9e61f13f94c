import type { PolicyDraft } from '@supastor/contract/operations/policies';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

const PAUSE_MS = 400;

/** What a change would do, asked once typing pauses; the database has tried it and taken it back. */
export function usePlan(draft: PolicyDraft | null, name: string | undefined) {
  const settled = useSettled(draft === null ? '' : JSON.stringify(draft));
  return useQuery({
    queryKey: [...keys.policies, 'plan', name ?? '', settled],
    enabled: settled !== '',
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => {
      const wanted: PolicyDraft = JSON.parse(settled);
      return call(
        operations.policiesPlan,
        name === undefined ? { action: 'create', draft: wanted } : { action: 'update', name, draft: wanted },
        signal,
      );
    },
  });
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
