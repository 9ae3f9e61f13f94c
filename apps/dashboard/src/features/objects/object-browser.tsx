import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useReducer, useState } from 'react';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { PathCrumbs } from './breadcrumbs.tsx';
import { DetailsDrawer } from './details-drawer.tsx';
import type { ObjectDialog } from './dialogs-state.ts';
import { downloadObjects } from './download.ts';
import { DropZone } from './drop-zone.tsx';
import { EmptyFolder } from './empty-folder.tsx';
import { ObjectDialogs } from './object-dialogs.tsx';
import { folderQuery } from './object-queries.ts';
import { ObjectTable, type ObjectTableProps } from './object-table.tsx';
import { parentPrefix } from './paths.ts';
import { type RowActions, RowMenu } from './row-menu.tsx';
import { type Row, rowsOf } from './rows.ts';
import { NOTHING_SELECTED, present, reduceSelection, type SelectionAction } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import type { PickedFile } from './upload/dropped-files.ts';

interface ObjectBrowserProps {
  readonly bucket: Bucket;
  readonly prefix: string;
  /** Path of the object whose details are open. */
  readonly openPath: string | undefined;
  readonly storageUrl: string;
  readonly onFiles: (files: readonly PickedFile[]) => void;
}

/** One folder of a bucket. Mount it anew (key) for another folder: its selection belongs to the folder. */
export function ObjectBrowser({ bucket, prefix, openPath, storageUrl, onFiles }: ObjectBrowserProps) {
  const toasts = useToasts();
  const go = useGo(bucket.id, prefix);
  const folder = useInfiniteQuery(folderQuery(bucket.id, prefix));
  const rows = useMemo(() => rowsOf(folder.data?.pages ?? []), [folder.data]);
  const order = useMemo(() => rows.map((row) => row.key), [rows]);
  const [selection, select] = useReducer(
    (state: typeof NOTHING_SELECTED, [action, keys]: readonly [SelectionAction, readonly string[]]) => reduceSelection(state, action, keys),
    NOTHING_SELECTED,
  );
  const onSelect = useCallback((action: SelectionAction) => select([action, order]), [order]);
  const selectedRows = useMemo(() => {
    const keys = present(selection.selected, order);
    return rows.filter((row) => keys.has(row.key));
  }, [selection.selected, order, rows]);
  const [dialog, setDialog] = useState<ObjectDialog | null>(null);
  const [menu, setMenu] = useState<{ readonly row: Row; readonly anchor: HTMLElement } | null>(null);
  const download = useMutation({
    mutationFn: (paths: readonly string[]) => downloadObjects(bucket.id, paths),
    onError: (error) => toasts.failure(error),
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = folder;
  const onMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const actions: RowActions = {
    open: (row) => (row.kind === 'folder' ? go.folder(row.key) : go.details(row.key)),
    download: (path) => download.mutate([path]),
    link: (path) => setDialog({ type: 'link', path }),
    move: (path) => setDialog({ type: 'move', path }),
    remove: (targets) => setDialog({ type: 'remove', rows: targets }),
  };
  const onCommand: ObjectTableProps['onCommand'] = (command) => {
    const row = 'key' in command ? rows.find((candidate) => candidate.key === command.key) : undefined;
    const active = rows.find((candidate) => candidate.key === selection.active);
    if (command.type === 'opened' && row) actions.open(row);
    if (command.type === 'renamed' && row?.kind === 'object') actions.move(row.key);
    if (command.type === 'went-up' && prefix !== '') go.folder(parentPrefix(prefix));
    if (command.type !== 'removed') return;
    if (selectedRows.length > 0) actions.remove(selectedRows);
    else if (active) actions.remove([active]);
  };
  const objects = rows.filter((row) => row.kind === 'object');
  const shown = objects.findIndex((row) => row.key === openPath);
  const detailed = objects[shown];
  const step = (by: number) => {
    const next = objects[shown + by];
    return next && shown + by >= 0 ? () => go.details(next.key, { replace: true }) : undefined;
  };
  return (
    <DropZone target={`${bucket.id}/${prefix}`} onFiles={onFiles} onError={toasts.failure}>
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 2, minHeight: 36, mb: 2 }}>
        <PathCrumbs bucket={bucket.id} prefix={prefix} />
        {selectedRows.length > 0 && (
          <SelectionBar
            rows={selectedRows}
            onDownload={(paths) => download.mutate(paths)}
            onMove={(paths) => setDialog(paths.length === 1 && paths[0] ? { type: 'move', path: paths[0] } : { type: 'move-many', paths })}
            onRemove={actions.remove}
            onClear={() => onSelect({ type: 'cleared' })}
          />
        )}
      </Box>
      {folder.error && rows.length === 0 && <ErrorNotice error={folder.error} onRetry={() => void folder.refetch()} />}
      {folder.isPending && <FolderSkeleton />}
      {folder.data && rows.length === 0 && !hasNextPage && <EmptyFolder bucket={bucket.id} prefix={prefix} storageUrl={storageUrl} />}
      {rows.length > 0 && (
        <ObjectTable
          {...{ rows, order, selection, onSelect, onMore, onCommand }}
          hasMore={hasNextPage}
          onOpen={actions.open}
          onMenu={(row, anchor) => setMenu({ row, anchor })}
        />
      )}
      <RowMenu row={menu?.row ?? null} anchor={menu?.anchor ?? null} actions={actions} onClose={() => setMenu(null)} />
      {detailed?.kind === 'object' && (
        <DetailsDrawer
          bucket={bucket.id}
          object={detailed.object}
          onClose={() => go.details(undefined)}
          onPrevious={step(-1)}
          onNext={step(1)}
          onDownload={() => actions.download(detailed.key)}
          onLink={() => actions.link(detailed.key)}
          onMove={() => actions.move(detailed.key)}
          onRemove={() => actions.remove([detailed])}
        />
      )}
      <ObjectDialogs
        bucket={bucket}
        storageUrl={storageUrl}
        dialog={dialog}
        onClose={() => setDialog(null)}
        onChanged={() => {
          onSelect({ type: 'cleared' });
          if (openPath !== undefined) go.details(undefined);
        }}
      />
    </DropZone>
  );
}

/** Moves within the bucket by changing the address. */
function useGo(bucket: string, prefix: string) {
  const navigate = useNavigate();
  return {
    folder: (to: string) => void navigate({ to: '/buckets/$bucket', params: { bucket }, search: searchOf(to) }),
    details: (path: string | undefined, options: { readonly replace?: boolean } = {}) =>
      void navigate({
        to: '/buckets/$bucket',
        params: { bucket },
        search: { ...searchOf(prefix), ...(path === undefined ? {} : { object: path }) },
        ...options,
      }),
  };
}

function searchOf(prefix: string): { prefix?: string } {
  return prefix === '' ? {} : { prefix };
}

function FolderSkeleton() {
  return (
    <Box aria-hidden sx={{ border: 1, borderColor: 'divider', borderRadius: 1.5, p: 4, flex: '1 1 320px', bgcolor: 'background.paper' }}>
      {['42%', '31%', '55%', '38%', '47%', '29%', '51%'].map((width) => (
        <Skeleton key={width} width={width} height={44} />
      ))}
    </Box>
  );
}
