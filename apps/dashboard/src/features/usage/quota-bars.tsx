import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { Quota } from '@supastor/contract/wire/quota';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import { QuotaBar } from './quota-bar.tsx';
import { QuotaDialog } from './quota-dialog.tsx';
import { quotaShare, quotasQuery } from './quota-queries.ts';

/** How full the quotas are, the fullest first, each to be changed; one for an owner is made here. */
export function QuotaBars({ bucket }: { readonly bucket: string | undefined }) {
  const t = useMessages().quotas;
  const quotas = useQuery(quotasQuery);
  const maySet = useQuery(heldPermissionsQuery).data?.includes('quotas:write') === true;
  const [editing, setEditing] = useState<Quota | 'new' | null>(null);
  if (quotas.error) return <ErrorNotice error={quotas.error} onRetry={() => void quotas.refetch()} />;
  const shown = (quotas.data?.quotas ?? [])
    .filter((quota) => bucket === undefined || (quota.kind === 'bucket' && quota.subject === bucket))
    .toSorted((a, b) => quotaShare(b) - quotaShare(a));
  const mayCreate = maySet && bucket === undefined;
  if (shown.length === 0 && !mayCreate) return null;
  return (
    <Section
      title={t.quotas}
      action={
        mayCreate && (
          <Button size="small" color="inherit" onClick={() => setEditing('new')}>
            {t.limitOwner}
          </Button>
        )
      }
    >
      {shown.length === 0 && <Typography color="textSecondary">{t.none}</Typography>}
      {shown.length > 0 && (
        <Lines label={t.quotas}>
          {shown.map((quota) => (
            <QuotaLine key={`${quota.kind}/${quota.subject}`} quota={quota} onEdit={maySet ? () => setEditing(quota) : null} />
          ))}
        </Lines>
      )}
      {editing === 'new' && <QuotaDialog kind="owner" subject={null} quota={null} onClose={() => setEditing(null)} />}
      {editing !== null && editing !== 'new' && (
        <QuotaDialog kind={editing.kind} subject={editing.subject} quota={editing} onClose={() => setEditing(null)} />
      )}
    </Section>
  );
}

function QuotaLine({ quota, onEdit }: { readonly quota: Quota; readonly onEdit: (() => void) | null }) {
  const t = useMessages().quotas;
  const name = quota.kind === 'bucket' ? quota.subject : t.ownerName(quota.subject);
  return (
    <Box component="li" aria-label={name} sx={{ px: 4, py: 3, display: 'grid', gap: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3 }}>
        <Typography sx={{ fontSize: 13, fontWeight: 550, overflowWrap: 'anywhere', flex: 1 }}>{name}</Typography>
        {onEdit && (
          <Button size="small" color="inherit" aria-label={t.changeOf(name)} onClick={onEdit} sx={{ my: -1 }}>
            {t.change}
          </Button>
        )}
      </Box>
      <QuotaBar quota={quota} />
    </Box>
  );
}
