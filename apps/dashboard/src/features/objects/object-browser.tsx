import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useReducer, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { formatNumber } from '../../format/locale.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PathCrumbs } from './breadcrumbs.tsx';
import { BrowserToolbar, type BrowserView } from './browser-toolbar.tsx';
import { DetailsDrawer, type DetailsDrawerProps } from './details/details-drawer.tsx';
import type { ObjectDialog } from './dialogs-state.ts';
import { downloadFolder, downloadObjects } from './download.ts';
import { DropZone } from './drop-zone.tsx';
import { EmptyFolder } from './empty-folder.tsx';
import { ObjectDialogs } from './object-dialogs.tsx';
import { ObjectGrid } from './object-grid.tsx';
import { ObjectTable, type ObjectTableProps } from './object-table.tsx';
import { parentPrefix } from './paths.ts';
import { type OpenMenu, type RowActions, RowMenu } from './row-menu.tsx';
import { objectBeside, type Row, rowsOf } from './rows.ts';
import { NOTHING_SELECTED, present, reduceSelection, type SelectionAction } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import { JobStrip } from './transfer/job-strip.tsx';
import type { PickedFile } from './upload/dropped-files.ts';
import { OutdatedNotice, useFolder } from './use-folder.tsx';

interface ObjectBrowserProps {
  readonly bucket: Bucket;
  readonly prefix: string;
  /** Path of the object whose details are open. */
  readonly openPath: string | undefined;
  readonly view: BrowserView;
  readonly storageUrl: string;
  readonly Readers: DetailsDrawerProps['Readers'];
  readonly onFiles: (files: readonly PickedFile[]) => void;
}

/** One folder of a bucket. Mount it anew (key) for another folder: its selection belongs to the folder. */
export function ObjectBrowser({ bucket, prefix, openPath, view, storageUrl, Readers, onFiles }: ObjectBrowserProps) {
  const t = useMessages().objects;
  const toasts = useToasts();
  const go = useGo(bucket.id, prefix, view);
  const [startsWith, setStartsWith] = useState('');
  const { folder, isOutdated, reload } = useFolder(bucket.id, prefix, startsWith);
  const rows = useMemo(() => rowsOf(folder.data?.pages ?? []), [folder.data]);
  const order = useMemo(() => rows.map((row) => row.key), [rows]);
  const [selection, select] = useReducer(
    (state: typeof NOTHING_SELECTED, [action, keys]: readonly [SelectionAction, readonly string[]]) => reduceSelection(state, action, keys),
    NOTHING_SELECTED,
  );
  const onSelect = useCallback((action: SelectionAction) => select([action, order]), [order]);
  const selected = useMemo(() => present(selection.selected, order), [selection.selected, order]);
  const selectedRows = useMemo(() => (selected.size === 0 ? [] : rows.filter((row) => selected.has(row.key))), [selected, rows]);
  const [dialog, setDialog] = useState<ObjectDialog | null>(null);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const download = useMutation({
    mutationFn: async (wanted: readonly Row[]) => {
      for (const each of wanted) if (each.kind === 'folder') await downloadFolder(bucket.id, each.key);
      await downloadObjects(
        bucket.id,
        wanted.filter((each) => each.kind === 'object').map((each) => each.key),
      );
    },
    onError: (error) => toasts.failure(error),
  });
  const zip = useMutation({
    mutationFn: () => downloadFolder(bucket.id, prefix),
    onSuccess: (objects) => toasts.success(t.zipping(objects, formatNumber(objects))),
    onError: (error) => toasts.failure(error),
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = folder;
  const onMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const actions: RowActions = {
    open: (row) => (row.kind === 'folder' ? go.folder(row.key) : go.details(row.key)),
    download: (targets) => download.mutate(targets),
    link: (path) => setDialog({ type: 'link', path }),
    move: (targets) => setDialog({ type: 'transfer', verb: 'move', rows: targets }),
    copy: (targets) => setDialog({ type: 'transfer', verb: 'copy', rows: targets }),
    remove: (targets) => setDialog({ type: 'remove', rows: targets }),
  };
  const onCommand: ObjectTableProps['onCommand'] = (command) => {
    const row = 'key' in command ? rows.find((candidate) => candidate.key === command.key) : undefined;
    const active = rows.find((candidate) => candidate.key === selection.active);
    if (command.type === 'opened' && row) actions.open(row);
    if (command.type === 'renamed' && row) actions.move([row]);
    if (command.type === 'went-up' && prefix !== '') go.folder(parentPrefix(prefix));
    if (command.type !== 'removed') return;
    if (selectedRows.length > 0) actions.remove(selectedRows);
    else if (active) actions.remove([active]);
  };
  const View = view === 'grid' ? ObjectGrid : ObjectTable;
  const shown = useMemo(
    () => (openPath === undefined ? -1 : rows.findIndex((row) => row.kind === 'object' && row.key === openPath)),
    [rows, openPath],
  );
  const detailed = rows[shown];
  const step = (by: 1 | -1) => {
    const next = objectBeside(rows, shown, by);
    return next && (() => go.details(next.key, { replace: true }));
  };
  return (
    <DropZone target={`${bucket.id}/${prefix}`} onFiles={onFiles} onError={toasts.failure}>
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 2, minHeight: 36, mb: 2 }}>
        <PathCrumbs bucket={bucket.id} prefix={prefix} />
        {selectedRows.length > 0 && (
          <SelectionBar
            rows={selectedRows}
            onDownload={actions.download}
            onMove={actions.move}
            onCopy={actions.copy}
            onRemove={actions.remove}
            onClear={() => onSelect({ type: 'cleared' })}
          />
        )}
        <BrowserToolbar
          view={view}
          onView={go.view}
          onFilter={setStartsWith}
          onZip={() => zip.mutate()}
          onDeleted={bucket.versioning_status === 'DISABLED' ? null : go.deleted}
        />
      </Box>
      <JobStrip bucket={bucket.id} />
      {isOutdated && <OutdatedNotice onReload={reload} />}
      {folder.error && rows.length === 0 && <ErrorNotice error={folder.error} onRetry={() => void folder.refetch()} />}
      {folder.isPending && <FolderSkeleton />}
      {folder.data && rows.length === 0 && !hasNextPage && startsWith !== '' && (
        <EmptyState title={t.noneStartsSo} text={t.noneStartsSoText} />
      )}
      {folder.data && rows.length === 0 && !hasNextPage && startsWith === '' && (
        <EmptyFolder bucket={bucket.id} prefix={prefix} storageUrl={storageUrl} />
      )}
      {rows.length > 0 && (
        <View
          {...{ rows, order, selection, selected, onSelect, onMore, onCommand }}
          bucket={bucket.id}
          hasMore={hasNextPage}
          onOpen={actions.open}
          onMenu={(row, anchor) => setMenu({ rows: selected.has(row.key) ? selectedRows : [row], anchor })}
        />
      )}
      <RowMenu menu={menu} actions={actions} onClose={() => setMenu(null)} />
      {detailed?.kind === 'object' && (
        <DetailsDrawer
          bucket={bucket}
          object={detailed.object}
          storageUrl={storageUrl}
          Readers={Readers}
          onClose={() => go.details(undefined)}
          onPrevious={step(-1)}
          onNext={step(1)}
          onDownload={() => actions.download([detailed])}
          onLink={() => actions.link(detailed.key)}
          onMove={() => actions.move([detailed])}
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
function useGo(bucket: string, prefix: string, view: BrowserView) {
  const navigate = useNavigate();
  return {
    folder: (to: string) => void navigate({ to: '/buckets/$bucket', params: { bucket }, search: searchOf(to, view) }),
    deleted: () => void navigate({ to: '/buckets/$bucket', params: { bucket }, search: { ...searchOf(prefix, 'list'), view: 'deleted' } }),
    view: (next: BrowserView) =>
      void navigate({ to: '/buckets/$bucket', params: { bucket }, search: searchOf(prefix, next), replace: true }),
    details: (path: string | undefined, options: { readonly replace?: boolean } = {}) =>
      void navigate({
        to: '/buckets/$bucket',
        params: { bucket },
        search: { ...searchOf(prefix, view), ...(path === undefined ? {} : { object: path }) },
        ...options,
      }),
  };
}

function searchOf(prefix: string, view: BrowserView): { prefix?: string; view?: 'grid' } {
  return { ...(prefix === '' ? {} : { prefix }), ...(view === 'grid' ? { view } : {}) };
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
