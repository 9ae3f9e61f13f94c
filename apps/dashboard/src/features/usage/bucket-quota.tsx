import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { QuotaBar } from './quota-bar.tsx';
import { QuotaDialog } from './quota-dialog.tsx';
import { quotasQuery } from './quota-queries.ts';

/** How full a bucket's quota is, and the way to change it; a bucket without one shows only that way. */
export function BucketQuota({ bucket }: { readonly bucket: string }) {
  const t = useMessages().quotas;
  const quotas = useQuery(quotasQuery);
  const maySet = useQuery(heldPermissionsQuery).data?.includes('quotas:write') === true;
  const [isOpen, setOpen] = useState(false);
  const quota = quotas.data?.quotas.find(({ kind, subject }) => kind === 'bucket' && subject === bucket) ?? null;
  if (!quotas.data || (quota === null && !maySet)) return null;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 4, rowGap: 1, mt: 1, minHeight: 28 }}>
      {quota && (
        <Box sx={{ flex: '1 1 260px', maxWidth: 520, display: 'grid', gap: 1 }}>
          <QuotaBar quota={quota} />
        </Box>
      )}
      {maySet && (
        <Button size="small" color="inherit" onClick={() => setOpen(true)} sx={{ ml: quota ? 0 : -2, minHeight: 28, py: 0 }}>
          {quota ? t.change : t.setIt}
        </Button>
      )}
      {isOpen && <QuotaDialog kind="bucket" subject={bucket} quota={quota} onClose={() => setOpen(false)} />}
    </Box>
  );
}
