import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import { hashKey, type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { folderQuery, isFollowed } from './object-queries.ts';

/** The pages of a folder. One that has grown too long to be followed says when it has changed, and is read anew by `reload`. */
export function useFolder(bucket: string, prefix: string, startsWith: string) {
  const client = useQueryClient();
  const query = folderQuery(bucket, prefix, startsWith);
  const folder = useInfiniteQuery({ ...query, placeholderData: keepPreviousData });
  const hash = hashKey(query.queryKey);
  // Kept apart from the cache, which forgets that something had changed as soon as a further page arrives.
  const [outdated, setOutdated] = useState<string | null>(null);
  useEffect(() => {
    const cache = client.getQueryCache();
    const look = () => {
      const kept = cache.get<unknown, Error, InfiniteData<unknown>>(hash);
      if (kept?.state.isInvalidated === true && !isFollowed(kept)) setOutdated(hash);
    };
    look();
    return cache.subscribe(({ query: { queryHash } }) => queryHash === hash && look());
  }, [client, hash]);
  const reload = useCallback(() => {
    setOutdated(null);
    void client.resetQueries({ queryKey: folderQuery(bucket, prefix, startsWith).queryKey, exact: true });
  }, [client, bucket, prefix, startsWith]);
  return { folder, isOutdated: outdated === hash, reload };
}

/** Says that a long folder is no longer what is shown. */
export function OutdatedNotice({ onReload }: { readonly onReload: () => void }) {
  const t = useMessages().objects;
  return (
    <Alert
      severity="info"
      variant="outlined"
      role="status"
      sx={{ mb: 4 }}
      action={
        <Button color="inherit" size="small" onClick={onReload}>
          {t.reload}
        </Button>
      }
    >
      {t.outdated}
    </Alert>
  );
}
