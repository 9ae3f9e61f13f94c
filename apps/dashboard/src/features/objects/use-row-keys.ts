import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef } from 'react';
import type { ObjectTableProps } from './object-table.tsx';
import { commandFor } from './table-keys.ts';

interface RowKeysOptions extends Pick<ObjectTableProps, 'order' | 'selection' | 'onSelect' | 'onCommand'> {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly columns: number;
  readonly linePx: number;
  /** Brings a row into view. */
  readonly scrollTo: (index: number) => void;
}

/** Keys and focus of a list or grid with one tab stop. Rows are found by their `data-index`. */
export function useRowKeys({ order, selection, scroller, columns, linePx, scrollTo, onSelect, onCommand }: RowKeysOptions) {
  const keyboard = useRef(false);
  const hasFocus = useRef(false);
  const lastIndex = useRef(0);
  const { active } = selection;
  // Lists are long, and this runs for every line that is scrolled by.
  const activeIndex = useMemo(() => (active === null ? -1 : order.indexOf(active)), [order, active]);
  useEffect(() => {
    if (!keyboard.current || activeIndex === -1) return;
    keyboard.current = false;
    scrollTo(activeIndex);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${activeIndex}"]`)?.focus());
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- scrolls when the active row changes, not when the way to scroll does
  }, [activeIndex]);
  useEffect(() => {
    if (activeIndex !== -1) lastIndex.current = activeIndex;
  }, [activeIndex]);
  useEffect(() => {
    // A focused row that vanishes (deleted, moved) says no blur: its neighbour takes over.
    const next = order[Math.min(lastIndex.current, order.length - 1)];
    if (!hasFocus.current || document.activeElement !== document.body || next === undefined) return;
    keyboard.current = true;
    onSelect({ type: 'moved', to: next, extend: false });
  }, [order, onSelect]);
  return {
    activeIndex,
    onFocus: () => {
      hasFocus.current = true;
    },
    onBlur: () => {
      hasFocus.current = false;
    },
    onKeyDown: (event: KeyboardEvent) => {
      const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / linePx) - 1);
      const command = commandFor(event, { order, active, pageRows, columns });
      if (command === null) return;
      event.preventDefault();
      if (command.type === 'opened' || command.type === 'removed' || command.type === 'renamed' || command.type === 'went-up') {
        onCommand(command);
        return;
      }
      keyboard.current = command.type === 'moved';
      onSelect(command);
    },
  };
}
