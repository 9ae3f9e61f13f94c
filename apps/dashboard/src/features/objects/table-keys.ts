import { neighbour, type SelectionAction } from './selection.ts';

/** What a key press in the table asks for. */
export type Command =
  | SelectionAction
  | { readonly type: 'opened'; readonly key: string }
  | { readonly type: 'renamed'; readonly key: string }
  | { readonly type: 'removed' }
  | { readonly type: 'went-up' };

interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** The element that has the focus. */
  readonly target: EventTarget;
}

interface TableView {
  readonly order: readonly string[];
  readonly active: string | null;
  /** Rows that fit on the screen, for Page Up and Page Down. */
  readonly pageRows: number;
  /** Rows that stand side by side; 1 in a list. */
  readonly columns: number;
}

/** Reads a key press; null when it means nothing here. Enter and Space on a control inside a row stay with that control. */
export function commandFor(press: KeyPress, view: TableView): Command | null {
  const { order, active, columns } = view;
  if ((press.ctrlKey || press.metaKey) && press.key.toLowerCase() === 'a') return { type: 'selected-all' };
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: columns,
    ArrowUp: -columns,
    ...(columns > 1 ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
    PageDown: view.pageRows * columns,
    PageUp: -view.pageRows * columns,
    Home: -order.length,
    End: order.length,
  };
  const step = steps[press.key];
  if (step !== undefined) {
    const to = neighbour(order, active, step);
    return to === null ? null : { type: 'moved', to, extend: press.shiftKey };
  }
  if (press.key === 'Escape') return { type: 'cleared' };
  if (press.key === 'Delete') return { type: 'removed' };
  if (press.key === 'Backspace') return { type: 'went-up' };
  if (active === null) return null;
  if (press.key === 'F2') return { type: 'renamed', key: active };
  if (isControl(press.target)) return null;
  if (press.key === 'Enter') return { type: 'opened', key: active };
  if (press.key === ' ') return press.shiftKey ? { type: 'ranged', to: active } : { type: 'toggled', key: active };
  return null;
}

function isControl(target: EventTarget): boolean {
  return 'closest' in target && target instanceof Element && target.closest('button, input, a') !== null;
}
