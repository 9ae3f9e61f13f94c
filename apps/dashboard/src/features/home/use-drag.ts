import { type PointerEvent, useRef } from 'react';
import type { Cell } from './widget-frame.tsx';

interface DragHandlers {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: () => void;
  readonly onPointerCancel: () => void;
}

/** A handle that moves its widget to the place of whichever the pointer comes over. */
export function useDragToMove(kind: string, onMoveTo: (kind: string) => void): DragHandlers {
  const over = useRef<string | null>(null);
  const dragging = useRef(false);
  const end = () => {
    dragging.current = false;
    over.current = null;
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      dragging.current = true;
    },
    onPointerMove: (event) => {
      if (!dragging.current) return;
      const below = document
        .elementsFromPoint(event.clientX, event.clientY)
        .map((element) => element.closest('[data-widget]')?.getAttribute('data-widget') ?? null)
        .find((found) => found !== null);
      const target = below === undefined || below === kind ? null : below;
      // Widgets of different sizes would swap to and fro under a pointer that rests.
      if (target !== null && target !== over.current) onMoveTo(target);
      over.current = target ?? (below === kind ? over.current : null);
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}

/** A corner that sizes its widget, in whole columns and rows. */
export function useDragToResize(size: Cell, cell: () => Cell, onResize: (size: Cell) => void): DragHandlers {
  const start = useRef<{ readonly x: number; readonly y: number; readonly size: Cell } | null>(null);
  const end = () => {
    start.current = null;
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      start.current = { x: event.clientX, y: event.clientY, size };
    },
    onPointerMove: (event) => {
      if (start.current === null) return;
      const { x, y, size: from } = start.current;
      const { width, height } = cell();
      const next = {
        width: Math.round(from.width + (event.clientX - x) / width),
        height: Math.round(from.height + (event.clientY - y) / height),
      };
      if (next.width !== size.width || next.height !== size.height) onResize(next);
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
