import ToEndIcon from '@mui/icons-material/ArrowDownwardOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { Messages } from '../../messages/messages.ts';
import { MONO } from '../../ui/fonts.ts';
import type { LogLine } from './log-buffer.ts';
import { LogRow } from './log-row.tsx';

const ROW_PX = 24;
const AT_END_PX = 24;

interface LogViewProps {
  readonly lines: readonly LogLine[];
  readonly loading: boolean;
  readonly paused: boolean;
  /** There are lines, but the filter may hide them. */
  readonly filtered: boolean;
  /** Asked to show all lines of a request; null while that is what is shown. */
  readonly onTrace: ((request: string) => void) | null;
}

/** Log lines that follow the end, until someone scrolls up to read. */
export function LogView({ lines, loading, paused, filtered, onTrace }: LogViewProps) {
  const t = useMessages().logs;
  const scroller = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [expanded, setExpanded] = useState<number | null>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => lines[index]?.id ?? index,
    overscan: 20,
  });
  const lastId = lines.at(-1)?.id;
  useEffect(() => {
    const view = scroller.current;
    if (view && following && !paused) view.scrollTop = view.scrollHeight;
  }, [lastId, following, paused]);
  const onScroll = () => {
    const view = scroller.current;
    if (view) setFollowing(view.scrollHeight - view.scrollTop - view.clientHeight < AT_END_PX);
  };
  const toggle = (id: number, index: number) => {
    const opening = expanded !== id;
    setExpanded(opening ? id : null);
    if (!opening) return;
    // Whoever opens a line wants to read it: stay there, and make room for its fields.
    setFollowing(false);
    requestAnimationFrame(() => requestAnimationFrame(() => virtual.scrollToIndex(index, { align: 'auto' })));
  };
  return (
    <Box
      sx={{
        flex: '1 1 0',
        minHeight: 280,
        position: 'relative',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1.5,
        overflow: 'hidden',
        bgcolor: 'background.paper',
      }}
    >
      <Box
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={t.lines}
        tabIndex={0}
        onScroll={onScroll}
        sx={{
          position: 'absolute',
          inset: 0,
          overflow: 'auto',
          py: 2,
          fontFamily: MONO,
          fontSize: 12,
          '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
        }}
      >
        {lines.length === 0 && (
          <Box sx={{ px: 4, py: 2, color: 'text.secondary', fontFamily: 'body1.fontFamily' }}>{emptyText(t, loading, filtered)}</Box>
        )}
        <Box sx={{ position: 'relative' }} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return (
              line && (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${item.start}px)` }}
                >
                  <LogRow line={line} expanded={expanded === line.id} onToggle={() => toggle(line.id, item.index)} onTrace={onTrace} />
                </div>
              )
            );
          })}
        </Box>
      </Box>
      {!following && lines.length > 0 && (
        <Button
          size="small"
          variant="contained"
          startIcon={<ToEndIcon />}
          onClick={() => setFollowing(true)}
          sx={{ position: 'absolute', bottom: 12, left: '50%', transform: 'translateX(-50%)' }}
        >
          {t.newest}
        </Button>
      )}
    </Box>
  );
}

function emptyText(t: Messages['logs'], loading: boolean, filtered: boolean): string {
  if (loading) return t.reading;
  return filtered ? t.noLine : t.nothing;
}
