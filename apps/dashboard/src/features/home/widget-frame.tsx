import CloseIcon from '@mui/icons-material/CloseOutlined';
import DragIcon from '@mui/icons-material/DragIndicatorOutlined';
import ResizeIcon from '@mui/icons-material/SouthEastOutlined';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import IconButton from '@mui/material/IconButton';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { type KeyboardEvent, type ReactNode, useId } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { WidgetKind } from './layout.ts';
import { useDragToMove, useDragToResize } from './use-drag.ts';

export interface Cell {
  readonly width: number;
  readonly height: number;
}

interface WidgetFrameProps {
  readonly kind: WidgetKind;
  /** In columns and rows. */
  readonly size: Cell;
  readonly active: boolean;
  /** Pixels of one column and row, gaps included. */
  readonly cell: () => Cell;
  readonly onMoveBy: (steps: number) => void;
  /** To the place of another widget. */
  readonly onMoveTo: (kind: string) => void;
  readonly onResize: (size: Cell) => void;
  readonly onRemove: () => void;
  readonly children: ReactNode;
}

const STEPS: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A titled frame; while the page is arranged, with a bar to move it by and a corner to size it by. */
export function WidgetFrame({ kind, size, active, cell, onMoveBy, onMoveTo, onResize, onRemove, children }: WidgetFrameProps) {
  const t = useMessages().home;
  const titleId = useId();
  const name = t.widgets[kind];
  const move = useDragToMove(kind, onMoveTo);
  const resize = useDragToResize(size, cell, onResize);
  const onKey = (resizes: boolean) => (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const [columns, rows] = step;
    if (resizes || event.shiftKey) onResize({ width: size.width + columns, height: size.height + rows });
    else onMoveBy(columns + rows);
  };
  return (
    <Paper
      component="section"
      variant="outlined"
      aria-labelledby={titleId}
      data-widget={kind}
      sx={{
        position: 'relative',
        gridColumn: { xs: 'auto', sm: size.width > 4 ? '1 / -1' : 'auto', md: `span ${size.width}` },
        gridRow: { xs: 'auto', md: `span ${size.height}` },
        borderRadius: 1.5,
        display: 'flex',
        flexDirection: 'column',
        minWidth: 0,
        overflow: 'hidden',
        ...(active && { borderStyle: 'dashed', borderColor: 'primary.main' }),
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, px: 4, pt: 3, minHeight: 24 }}>
        {active && (
          <ButtonBase
            {...move}
            aria-label={t.move(name)}
            onKeyDown={onKey(false)}
            sx={{ ml: -2, cursor: 'grab', touchAction: 'none', borderRadius: 1, color: 'text.secondary' }}
          >
            <DragIcon fontSize="small" />
          </ButtonBase>
        )}
        <Typography id={titleId} variant="caption" component="h2" color="textSecondary" sx={{ fontWeight: 550, flex: 1 }} noWrap>
          {name}
        </Typography>
        {active && (
          <IconButton size="small" aria-label={t.remove(name)} onClick={onRemove} sx={{ my: -1, mr: -2 }}>
            <CloseIcon fontSize="small" />
          </IconButton>
        )}
      </Box>
      <Box sx={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column', px: 4, pb: 3, overflow: 'hidden' }}>{children}</Box>
      {active && (
        <ButtonBase
          {...resize}
          aria-label={t.resize(name)}
          onKeyDown={onKey(true)}
          sx={{
            position: 'absolute',
            right: 2,
            bottom: 2,
            p: 1,
            cursor: 'nwse-resize',
            touchAction: 'none',
            borderRadius: 1,
            color: 'text.secondary',
            bgcolor: 'background.paper',
          }}
        >
          <ResizeIcon sx={{ fontSize: 16 }} />
        </ButtonBase>
      )}
    </Paper>
  );
}
