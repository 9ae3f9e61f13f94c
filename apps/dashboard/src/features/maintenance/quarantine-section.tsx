import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Typography from '@mui/material/Typography';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatBytes } from '../../format/bytes.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, QueryLines, Section } from '../../ui/section.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { quarantineQuery } from './maintenance-queries.ts';

const NONE: ReadonlySet<string> = new Set();

/** What scans moved out of the way, to be brought back while it is kept. */
export function QuarantineSection() {
  const t = useMessages().maintenance;
  const client = useQueryClient();
  const toasts = useToasts();
  const quarantine = useQuery(quarantineQuery);
  const [chosen, setChosen] = useState(NONE);
  const restore = useMutation({
    mutationFn: () => call(operations.maintenanceRestore, { ids: [...chosen] }),
    onSuccess: ({ restored, refused }) => {
      setChosen(NONE);
      const [first] = refused;
      if (first) toasts.failure(new Error(t.refused(refused.length, first.reason)));
      else toasts.success(t.restored(restored.length));
    },
    onError: (error) => toasts.failure(error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.maintenance }),
  });
  const toggle = (id: string) =>
    setChosen((before) => (before.has(id) ? new Set([...before].filter((kept) => kept !== id)) : new Set([...before, id])));
  return (
    <Section
      title={t.quarantine}
      action={
        chosen.size > 0 && (
          <Button variant="outlined" color="inherit" loading={restore.isPending} onClick={() => restore.mutate()}>
            {t.restore(chosen.size)}
          </Button>
        )
      }
    >
      <QueryLines label={t.quarantine} query={quarantine} none={<Typography color="textSecondary">{t.quarantineEmpty}</Typography>}>
        {({ id, place, name, sizeBytes, quarantinedAt, expiresAt }) => (
          <Line
            key={id}
            label={name}
            title={name}
            detail={
              <>
                {place} · <RelativeTime at={quarantinedAt} />
              </>
            }
            facts={
              <>
                <span className="num">{formatBytes(sizeBytes)}</span> · {t.removedAt} <RelativeTime at={expiresAt} />
              </>
            }
            action={
              <Checkbox
                size="small"
                checked={chosen.has(id)}
                onChange={() => toggle(id)}
                slotProps={{ input: { 'aria-label': t.select(name) } }}
              />
            }
          />
        )}
      </QueryLines>
    </Section>
  );
}
