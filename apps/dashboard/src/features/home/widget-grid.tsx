import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useRef, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { VISUALLY_HIDDEN } from '../../ui/visually-hidden.ts';
import { COLUMNS, isWidgetKind, moveWidget, removeWidget, resizeWidget } from './layout.ts';
import type { Arranging } from './use-arranging.ts';
import { WidgetBody } from './widget-body.tsx';
import { type Cell, WidgetFrame } from './widget-frame.tsx';

const ROW_PX = 132;
const GAP_PX = 16;

/** Widgets in a grid of twelve columns; one column on a phone. */
export function WidgetGrid({ arranging }: { readonly arranging: Arranging }) {
  const t = useMessages().home;
  const grid = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const { layout, active, change } = arranging;
  const cell = (): Cell => ({ width: ((grid.current?.clientWidth ?? 0) + GAP_PX) / COLUMNS, height: ROW_PX + GAP_PX });
  return (
    <>
      {active && (
        <Typography color="textSecondary" sx={{ mb: 4 }}>
          {t.arrangeHelp}
        </Typography>
      )}
      <Box
        ref={grid}
        sx={{
          display: 'grid',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', md: `repeat(${COLUMNS}, minmax(0, 1fr))` },
          gridAutoRows: { xs: `minmax(${ROW_PX}px, auto)`, md: `${ROW_PX}px` },
          gap: `${GAP_PX}px`,
        }}
      >
        {layout.map(({ kind, width, height }, place) => {
          if (!isWidgetKind(kind)) return null;
          const name = t.widgets[kind];
          const move = (to: number) => {
            if (to < 0 || to >= layout.length) return;
            change((before) => moveWidget(before, kind, to));
            setSaid(t.moved(name, to + 1, layout.length));
          };
          return (
            <WidgetFrame
              key={kind}
              kind={kind}
              size={{ width, height }}
              active={active}
              cell={cell}
              onMoveBy={(steps) => move(place + steps)}
              onMoveTo={(other) => move(layout.findIndex((widget) => widget.kind === other))}
              onResize={(size) => {
                change((before) => resizeWidget(before, kind, size));
                setSaid(t.resized(name, Math.round(size.width), Math.round(size.height)));
              }}
              onRemove={() => change((before) => removeWidget(before, kind))}
            >
              <WidgetBody kind={kind} />
            </WidgetFrame>
          );
        })}
      </Box>
      <Box role="status" sx={VISUALLY_HIDDEN}>
        {said}
      </Box>
    </>
  );
}
