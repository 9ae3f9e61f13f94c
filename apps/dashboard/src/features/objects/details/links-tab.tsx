import LinkIcon from '@mui/icons-material/LinkOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { SignedLink } from '@supastor/contract/wire/signed-link';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';
import { formatNumber } from '../../../format/locale.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { Lines } from '../../../ui/section.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { linksQuery } from './details-queries.ts';

interface LinksTabProps {
  readonly bucket: string;
  readonly path: string;
  readonly onCreate: () => void;
}

/** Links that open this object now: how long still, how often used, and no longer if so wished. */
export function LinksTab({ bucket, path, onCreate }: LinksTabProps) {
  const t = useMessages().details;
  const links = useQuery(linksQuery(bucket, path));
  const revoke = useRevoke(bucket, path);
  const live = links.data ?? [];
  return (
    <>
      <Box sx={{ display: 'flex', gap: 2 }}>
        <Button variant="contained" startIcon={<LinkIcon />} onClick={onCreate}>
          {t.getLink}
        </Button>
        {live.length > 0 && (
          <Button color="error" loading={revoke.isPending} onClick={() => revoke.mutate(undefined)}>
            {t.revokeAll}
          </Button>
        )}
      </Box>
      {links.error && <ErrorNotice error={links.error} onRetry={() => void links.refetch()} />}
      {links.isPending && <Skeleton variant="rounded" height={120} />}
      {links.data && live.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          {t.noLink}
        </Typography>
      )}
      {live.length > 0 && (
        <Lines label={t.links}>
          {live.map((link) => (
            <LinkLine key={link.id} link={link} isBusy={revoke.isPending} onRevoke={() => revoke.mutate(link.id)} />
          ))}
        </Lines>
      )}
    </>
  );
}

interface LinkLineProps {
  readonly link: SignedLink;
  readonly isBusy: boolean;
  readonly onRevoke: () => void;
}

function LinkLine({ link, isBusy, onRevoke }: LinkLineProps) {
  const t = useMessages().details;
  const { id, scope, hits, expiresAt, signedAt, lastUsedAt } = link;
  return (
    <Box component="li" aria-label={t.link(id.slice(0, 8))} sx={{ px: 4, py: 2, display: 'flex', alignItems: 'center', gap: 3 }}>
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography variant="body2" className="num" sx={{ fontWeight: 550 }}>
          {scope === 'upload' ? t.upload : t.download} · {t.uses(formatNumber(hits), hits)}
        </Typography>
        <Typography variant="caption" color="textSecondary" component="p">
          {t.made} <RelativeTime at={signedAt} />
          {t.expires} <RelativeTime at={expiresAt} />
          {lastUsedAt && (
            <>
              {t.lastUsed} <RelativeTime at={lastUsedAt} />
            </>
          )}
        </Typography>
      </Box>
      <Button size="small" color="error" disabled={isBusy} aria-label={t.revokeLink(id.slice(0, 8))} onClick={onRevoke}>
        {t.revoke}
      </Button>
    </Box>
  );
}

/** Revokes one link by its id, or all of the object. */
function useRevoke(bucket: string, path: string) {
  const t = useMessages().details;
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: (id: string | undefined) => call(operations.linksRevoke, id === undefined ? { bucket, path } : { ids: [id] }),
    onSuccess: ({ revoked }) => toasts.success(t.revoked(formatNumber(revoked), revoked)),
    onError: (error) => toasts.failure(error),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: linksQuery(bucket, path).queryKey });
      // The one that the preview uses may be among them.
      void client.invalidateQueries({ queryKey: keys.link(bucket, path) });
    },
  });
}
