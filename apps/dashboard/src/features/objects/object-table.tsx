import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { VISUALLY_HIDDEN } from '../../ui/visually-hidden.ts';
import { COLUMNS } from './columns.ts';
import { ObjectRow, type RowHandlers } from './object-row.tsx';
import type { Row } from './rows.ts';
import type { Selection, SelectionAction } from './selection.ts';
import type { Command } from './table-keys.ts';
import { useRowKeys } from './use-row-keys.ts';

export interface ObjectTableProps {
  readonly rows: readonly Row[];
  readonly order: readonly string[];
  readonly selection: Selection;
  /** The selected keys that are among the rows. */
  readonly selected: ReadonlySet<string>;
  readonly hasMore: boolean;
  readonly onSelect: (action: SelectionAction) => void;
  readonly onMore: () => void;
  readonly onCommand: (command: Exclude<Command, SelectionAction>) => void;
  readonly onOpen: (row: Row) => void;
  readonly onMenu: (row: Row, anchor: HTMLElement) => void;
}

const LOAD_AHEAD_ROWS = 40;

/** Folders and objects as a grid with one tab stop: arrows move, Space selects, Enter opens. Only rows in view are in the page. */
export function ObjectTable(props: ObjectTableProps) {
  const t = useMessages().objects;
  const { rows, order, selection, selected, hasMore, onSelect, onMore, onCommand } = props;
  const narrow = useMediaQuery('(max-width: 719px)');
  const rowPx = narrow ? 60 : 44;
  const scroller = useRef<HTMLDivElement>(null);
  const keysId = useId();
  const count = rows.length + (hasMore ? 1 : 0);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    useFlushSync: false,
  });
  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => virtual.measure(), [virtual, rowPx]);
  useEffect(() => {
    if (hasMore && last >= rows.length - LOAD_AHEAD_ROWS) onMore();
  }, [hasMore, last, rows.length, onMore]);

  const rowKeys = useRowKeys({
    order,
    selection,
    scroller,
    columns: 1,
    linePx: rowPx,
    scrollTo: (index) => virtual.scrollToIndex(index),
    onSelect,
    onCommand,
  });
  const { activeIndex } = rowKeys;
  const handlers = useHandlers(props);
  return (
    <Box
      sx={{
        flex: '1 1 320px',
        minHeight: 320,
        display: 'flex',
        flexDirection: 'column',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1.5,
        bgcolor: 'background.paper',
        overflow: 'hidden',
      }}
    >
      <Box
        ref={scroller}
        role="grid"
        aria-label={t.objects}
        aria-describedby={keysId}
        aria-multiselectable
        aria-rowcount={hasMore ? -1 : rows.length + 1}
        onKeyDown={rowKeys.onKeyDown}
        onFocus={rowKeys.onFocus}
        onBlur={rowKeys.onBlur}
        sx={{ overflowY: 'auto', flex: '1 1 0', contain: 'strict', '--object-columns': narrow ? COLUMNS.narrow : COLUMNS.wide }}
      >
        <HeaderRow narrow={narrow} all={rows.length > 0 && selected.size === rows.length} some={selected.size > 0} onSelect={onSelect} />
        <Box role="rowgroup" sx={{ position: 'relative' }} style={{ height: virtual.getTotalSize() }}>
          {visible.map((item) => {
            const row = rows[item.index];
            const place = { topPx: item.start, heightPx: rowPx };
            if (row === undefined) return <LoadingRow key="more" {...place} />;
            return (
              <ObjectRow
                key={row.key}
                {...{ row, narrow, handlers }}
                {...place}
                index={item.index}
                selected={selected.has(row.key)}
                tabbable={activeIndex === -1 ? item.index === 0 : item.index === activeIndex}
              />
            );
          })}
        </Box>
      </Box>
      <Typography
        id={keysId}
        variant="caption"
        color="textSecondary"
        sx={{ px: 4, py: 2, borderTop: 1, borderColor: 'divider', '@media (pointer: coarse)': VISUALLY_HIDDEN }}
      >
        {t.keys}
      </Typography>
    </Box>
  );
}

interface HeaderRowProps {
  readonly narrow: boolean;
  readonly all: boolean;
  readonly some: boolean;
  readonly onSelect: (action: SelectionAction) => void;
}

function HeaderRow({ narrow, all, some, onSelect }: HeaderRowProps) {
  const t = useMessages().objects;
  return (
    <Box
      role="row"
      aria-rowindex={1}
      sx={{
        display: 'grid',
        gridTemplateColumns: 'var(--object-columns)',
        alignItems: 'center',
        position: 'sticky',
        top: 0,
        zIndex: 1,
        height: 40,
        bgcolor: 'background.paper',
        borderBottom: 1,
        borderColor: 'divider',
        color: 'text.secondary',
        fontSize: 12,
        fontWeight: 500,
      }}
    >
      <Box role="columnheader" sx={{ display: 'grid', placeItems: 'center' }}>
        <Checkbox
          size="small"
          checked={all}
          indeterminate={some && !all}
          onChange={() => onSelect(all ? { type: 'cleared' } : { type: 'selected-all' })}
          slotProps={{ input: { 'aria-label': t.selectAll } }}
          sx={{ p: 1 }}
        />
      </Box>
      <span role="columnheader">{t.name}</span>
      {!narrow && (
        <>
          <Box role="columnheader" sx={{ textAlign: 'right', pr: 6 }}>
            {t.size}
          </Box>
          <span role="columnheader">{t.type}</span>
          <span role="columnheader">{t.modified}</span>
        </>
      )}
      <span role="columnheader">
        <Box component="span" sx={VISUALLY_HIDDEN}>
          {t.actions}
        </Box>
      </span>
    </Box>
  );
}

function LoadingRow({ topPx, heightPx }: { readonly topPx: number; readonly heightPx: number }) {
  return (
    <div role="row" aria-hidden className="object-row" style={{ height: heightPx, transform: `translateY(${topPx}px)` }}>
      <span />
      <Skeleton width="40%" />
    </div>
  );
}

/** Functions that stay the same while what they do changes with every drawing of the page. */
function useHandlers(props: RowHandlers): RowHandlers {
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });
  return useMemo(
    () => ({
      onSelect: (action) => latest.current.onSelect(action),
      onOpen: (row) => latest.current.onOpen(row),
      onMenu: (row, anchor) => latest.current.onMenu(row, anchor),
    }),
    [],
  );
}
