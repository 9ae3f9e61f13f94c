import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { GridTile } from './grid-tile.tsx';
import type { ObjectTableProps } from './object-table.tsx';
import { useRowKeys } from './use-row-keys.ts';
import { useThumbnails } from './thumbnails.ts';

const TILE_PX = 168;
const LINE_PX = 188;
const LOAD_AHEAD_LINES = 10;

interface ObjectGridProps extends ObjectTableProps {
  readonly bucket: string;
}

/** Folders and objects as tiles, pictures as what they show. The same keys as in the list, with arrows to all sides. */
export function ObjectGrid(props: ObjectGridProps) {
  const t = useMessages().objects;
  const { bucket, rows, order, selection, selected, hasMore, onSelect, onMore, onCommand } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useColumns(scroller);
  const lines = Math.ceil(rows.length / columns);
  const virtual = useVirtualizer({ count: lines, getScrollElement: () => scroller.current, estimateSize: () => LINE_PX, overscan: 3 });
  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= lines - LOAD_AHEAD_LINES) onMore();
  }, [hasMore, last, lines, onMore]);
  const rowKeys = useRowKeys({
    order,
    selection,
    scroller,
    columns,
    linePx: LINE_PX,
    scrollTo: (index) => virtual.scrollToIndex(Math.floor(index / columns)),
    onSelect,
    onCommand,
  });
  const thumbnails = useThumbnails(bucket, rows, { from: (visible[0]?.index ?? 0) * columns, until: (last + 1) * columns });
  return (
    <Box
      ref={scroller}
      role="grid"
      aria-label={t.objects}
      aria-multiselectable
      aria-rowcount={hasMore ? -1 : lines}
      aria-colcount={columns}
      onKeyDown={rowKeys.onKeyDown}
      onFocus={rowKeys.onFocus}
      onBlur={rowKeys.onBlur}
      sx={{
        flex: '1 1 320px',
        minHeight: 320,
        overflowY: 'auto',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1.5,
        bgcolor: 'background.paper',
        p: 3,
      }}
    >
      <Box role="rowgroup" sx={{ position: 'relative' }} style={{ height: virtual.getTotalSize() }}>
        {visible.map((line) => (
          <Box
            key={line.index}
            role="row"
            aria-rowindex={line.index + 1}
            style={{ transform: `translateY(${line.start}px)`, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
            sx={{ position: 'absolute', insetInline: 0, height: LINE_PX - 8, display: 'grid', gap: 2 }}
          >
            {rows.slice(line.index * columns, (line.index + 1) * columns).map((row, column) => {
              const index = line.index * columns + column;
              return (
                <GridTile
                  key={row.key}
                  row={row}
                  index={index}
                  thumbnail={thumbnails.get(row.key)}
                  selected={selected.has(row.key)}
                  tabbable={rowKeys.activeIndex === -1 ? index === 0 : index === rowKeys.activeIndex}
                  onSelect={onSelect}
                  onOpen={props.onOpen}
                  onMenu={props.onMenu}
                />
              );
            })}
          </Box>
        ))}
      </Box>
      {hasMore && (
        <Typography variant="caption" color="textSecondary" role="status">
          {t.loadingMore}
        </Typography>
      )}
    </Box>
  );
}

/** How many tiles fit side by side. */
function useColumns(scroller: React.RefObject<HTMLDivElement | null>): number {
  const [columns, setColumns] = useState(4);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setColumns(Math.max(2, Math.floor(entry.contentRect.width / TILE_PX)));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return columns;
}
