import AddIcon from '@mui/icons-material/AddOutlined';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import type { Schedule } from '@supastor/contract/operations/schedules';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { BlankSlate } from '../../ui/blank-slate.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, QueryLines, Section } from '../../ui/section.tsx';
import { useCreateRequest } from '../../ui/use-create-request.ts';
import { RemoveScheduleDialog, useRunSchedule, useSetPaused } from './schedule-actions.tsx';
import { ScheduleDialog } from './schedule-dialog.tsx';
import { schedulesQuery } from './schedule-queries.ts';
import { describeCron } from './schedule-text.ts';

/** What runs at set times: when next, paused or not, and each of them now. */
export function SchedulesSection() {
  const t = useMessages().schedules;
  const schedules = useQuery(schedulesQuery);
  const mayWrite = useQuery(heldPermissionsQuery).data?.includes('jobs:write') === true;
  const [isCreating, setCreating] = useState(false);
  const [editing, setEditing] = useState<Schedule | null>(null);
  const [removing, setRemoving] = useState<Schedule | null>(null);
  useCreateRequest('schedule', () => setCreating(true));
  const create = mayWrite && (
    <Button variant="outlined" color="inherit" startIcon={<AddIcon />} onClick={() => setCreating(true)}>
      {t.create}
    </Button>
  );
  return (
    <Section title={t.title} action={(schedules.data?.length ?? 0) > 0 && create}>
      <QueryLines
        label={t.title}
        query={schedules}
        none={
          <BlankSlate title={t.none} text={t.noneText}>
            {create}
          </BlankSlate>
        }
      >
        {(schedule) => (
          <ScheduleLine
            key={schedule.id}
            schedule={schedule}
            mayWrite={mayWrite}
            onEdit={() => setEditing(schedule)}
            onRemove={() => setRemoving(schedule)}
          />
        )}
      </QueryLines>
      {mayWrite && isCreating && <ScheduleDialog schedule={null} onClose={() => setCreating(false)} />}
      {editing && <ScheduleDialog schedule={editing} onClose={() => setEditing(null)} />}
      {removing && <RemoveScheduleDialog schedule={removing} onClose={() => setRemoving(null)} />}
    </Section>
  );
}

interface ScheduleLineProps {
  readonly schedule: Schedule;
  readonly mayWrite: boolean;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function ScheduleLine({ schedule, mayWrite, onEdit, onRemove }: ScheduleLineProps) {
  const t = useMessages().schedules;
  const run = useRunSchedule();
  const setPaused = useSetPaused();
  const { name, kind, cron, timeZone, isPaused } = schedule;
  return (
    <Line
      label={name}
      title={
        <>
          {name}
          {isPaused && <Chip label={t.paused} size="small" color="warning" variant="outlined" />}
        </>
      }
      detail={[kindName(kind, t.kinds), `${describeCron(cron, t.when)} (${timeZone})`].join(' · ')}
      facts={<Facts schedule={schedule} />}
      action={
        mayWrite && (
          <>
            <Button size="small" color="inherit" loading={run.isPending} aria-label={t.runIt(name)} onClick={() => run.mutate(schedule)}>
              {t.run}
            </Button>
            <Button
              size="small"
              color="inherit"
              loading={setPaused.isPending}
              aria-label={isPaused ? t.resumeIt(name) : t.pauseIt(name)}
              onClick={() => setPaused.mutate({ id: schedule.id, isPaused: !isPaused })}
              sx={{ minWidth: 76 }}
            >
              {isPaused ? t.resume : t.pause}
            </Button>
            <Button size="small" color="inherit" aria-label={t.editIt(name)} onClick={onEdit}>
              {t.edit}
            </Button>
            <Button size="small" color="error" aria-label={t.removeIt(name)} onClick={onRemove}>
              {t.remove}
            </Button>
          </>
        )
      }
      actionBelow
    />
  );
}

function Facts({ schedule: { nextAt, lastAt, lastSkip, pauseReason, by } }: { readonly schedule: Schedule }) {
  const t = useMessages().schedules;
  return (
    <>
      {nextAt !== null && (
        <>
          {t.next} <RelativeTime at={nextAt} /> ·{' '}
        </>
      )}
      {lastAt === null ? (
        t.never
      ) : (
        <>
          {t.last} <RelativeTime at={lastAt} />
        </>
      )}{' '}
      · {t.by(by)}
      {lastSkip !== null && ` · ${t.skipped(lastSkip)}`}
      {pauseReason !== null && ` · ${pauseReason}`}
    </>
  );
}

function kindName(kind: string, names: Readonly<Record<string, string>>): string {
  return names[kind] ?? kind;
}
