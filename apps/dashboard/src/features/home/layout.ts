import type { HomeWidget } from '@supastor/contract/operations/preferences';

/** Columns of the grid; the contract says the same. */
export const COLUMNS = 12;
const MIN_WIDTH = 3;
const MAX_HEIGHT = 6;

export const WIDGET_KINDS = [
  'services',
  'requests',
  'errors',
  'latency',
  'throughput',
  'stored',
  'disk',
  'backup',
  'audit',
  'jobs',
] as const;
export type WidgetKind = (typeof WIDGET_KINDS)[number];

type Sizes = Readonly<Record<WidgetKind, { readonly width: number; readonly height: number }>>;

/** Sizes in which widgets come. */
const SIZES: Sizes = {
  services: { width: 6, height: 2 },
  requests: { width: 3, height: 1 },
  errors: { width: 3, height: 1 },
  latency: { width: 3, height: 1 },
  throughput: { width: 3, height: 1 },
  stored: { width: 3, height: 1 },
  disk: { width: 3, height: 1 },
  backup: { width: 6, height: 1 },
  audit: { width: 6, height: 2 },
  jobs: { width: 6, height: 2 },
};

const FIRST: readonly WidgetKind[] = ['requests', 'errors', 'latency', 'throughput', 'services', 'audit', 'stored', 'disk', 'backup'];

export type Layout = readonly HomeWidget[];

/** The page of whoever has arranged nothing. */
export const DEFAULT_LAYOUT: Layout = FIRST.map((kind) => ({ kind, ...SIZES[kind] }));

export function isWidgetKind(kind: string): kind is WidgetKind {
  return WIDGET_KINDS.some((known) => known === kind);
}

/** What can still be added: each widget once. */
export function missingKinds(layout: Layout): readonly WidgetKind[] {
  return WIDGET_KINDS.filter((kind) => layout.every((widget) => widget.kind !== kind));
}

export function addWidget(layout: Layout, kind: WidgetKind): Layout {
  return layout.some((widget) => widget.kind === kind) ? layout : [...layout, { kind, ...SIZES[kind] }];
}

export function removeWidget(layout: Layout, kind: string): Layout {
  return layout.filter((widget) => widget.kind !== kind);
}

/** Puts a widget in the place of another one; those between move up or down. Stays as it is past the ends. */
export function moveWidget(layout: Layout, kind: string, to: number): Layout {
  const from = layout.findIndex((widget) => widget.kind === kind);
  const moved = layout[from];
  if (moved === undefined || to < 0 || to >= layout.length || to === from) return layout;
  return layout.toSpliced(from, 1).toSpliced(to, 0, moved);
}

/** Sets the size of a widget, within what the grid has. */
export function resizeWidget(layout: Layout, kind: string, size: { readonly width: number; readonly height: number }): Layout {
  const width = clamp(Math.round(size.width), MIN_WIDTH, COLUMNS);
  const height = clamp(Math.round(size.height), 1, MAX_HEIGHT);
  return layout.map((widget) => (widget.kind === kind ? { ...widget, width, height } : widget));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
