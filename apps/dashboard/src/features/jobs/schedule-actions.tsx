import type { Schedule } from '@supastor/contract/operations/schedules';
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

/** Starts the job of a schedule now, paused or not. */
export function useRunSchedule() {
  const t = useMessages().schedules;
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: ({ id }: Schedule) => call(operations.schedulesRun, { id }),
    onSuccess: (_, { name }) => toasts.success(t.runDone(name)),
    onError: (error) => toasts.failure(error),
    onSettled: () => refresh(client),
  });
}

/** Pauses a schedule, or lets it go on. */
export function useSetPaused() {
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: (change: { readonly id: string; readonly isPaused: boolean }) => call(operations.schedulesUpdate, change),
    onError: (error) => toasts.failure(error),
    onSettled: () => refresh(client),
  });
}

/** Asks once more; jobs that the schedule started stay. */
export function RemoveScheduleDialog({ schedule, onClose }: { readonly schedule: Schedule; readonly onClose: () => void }) {
  const t = useMessages().schedules;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call(operations.schedulesRemove, { id: schedule.id }),
    onSuccess: onClose,
    onSettled: () => refresh(client),
  });
  return (
    <ConfirmDialog
      title={t.removeTitle(schedule.name)}
      action={t.remove}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t.removeText}
    </ConfirmDialog>
  );
}

async function refresh(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: keys.schedules });
  await client.invalidateQueries({ queryKey: keys.jobs });
}
