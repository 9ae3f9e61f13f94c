/** What is selected, which row the keyboard is on, and where a range began. All are row keys. */
export interface Selection {
  readonly selected: ReadonlySet<string>;
  readonly active: string | null;
  readonly anchor: string | null;
}

export type SelectionAction =
  | { readonly type: 'moved'; readonly to: string; readonly extend: boolean }
  /** The row got the focus by other means than a move, by Tab for example. */
  | { readonly type: 'focused'; readonly key: string }
  | { readonly type: 'toggled'; readonly key: string }
  | { readonly type: 'ranged'; readonly to: string }
  | { readonly type: 'selected-all' }
  | { readonly type: 'cleared' };

export const NOTHING_SELECTED: Selection = { selected: new Set(), active: null, anchor: null };

/** Next selection over the rows' keys in their order. Selected keys that are no longer there are dropped. */
export function reduceSelection(state: Selection, action: SelectionAction, order: readonly string[]): Selection {
  switch (action.type) {
    case 'moved':
      return action.extend ? range(state, action.to, order) : { ...state, active: action.to, anchor: action.to };
    case 'focused':
      return state.active === action.key ? state : { ...state, active: action.key, anchor: action.key };
    case 'toggled':
      return { selected: toggle(present(state.selected, order), action.key), active: action.key, anchor: action.key };
    case 'ranged':
      return range(state, action.to, order);
    case 'selected-all':
      return { ...state, selected: new Set(order) };
    case 'cleared':
      return { ...state, selected: new Set() };
  }
}

/** The selected keys that exist. */
export function present(selected: ReadonlySet<string>, order: readonly string[]): Set<string> {
  if (selected.size === 0) return new Set();
  return new Set(order.filter((key) => selected.has(key)));
}

/** Key that many rows away from the current one, stopping at both ends. */
export function neighbour(order: readonly string[], active: string | null, step: number): string | null {
  const current = active === null ? -1 : order.indexOf(active);
  if (current === -1) return (step < 0 ? order.at(-1) : order[0]) ?? null;
  return order[Math.min(order.length - 1, Math.max(0, current + step))] ?? null;
}

function range(state: Selection, to: string, order: readonly string[]): Selection {
  const anchor = state.anchor !== null && order.includes(state.anchor) ? state.anchor : (state.active ?? to);
  const [from, until] = [order.indexOf(anchor), order.indexOf(to)].toSorted((a, b) => a - b);
  return { selected: new Set(order.slice(Math.max(0, from ?? 0), (until ?? 0) + 1)), active: to, anchor };
}

function toggle(keys: Set<string>, key: string): Set<string> {
  if (!keys.delete(key)) keys.add(key);
  return keys;
}
