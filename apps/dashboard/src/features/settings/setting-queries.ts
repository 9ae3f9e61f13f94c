import type { Setting } from '@supastor/contract/wire/setting';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

const PAUSE_MS = 300;

/** What a value would change, asked once typing pauses. */
export function useCheck({ path, revision, value: current }: Setting, value: string) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  const check = useQuery({
    queryKey: [...keys.settings, 'check', path, revision, settled],
    enabled: settled !== (current ?? ''),
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: ({ signal }) => call(operations.settingsCheck, { path, value: settled }, signal),
  });
  return { check, isSettled: settled === value && !check.isFetching };
}
