import type { ReactNode } from 'react';
import type { WidgetKind } from './layout.ts';
import { BackupWidget } from './widgets/backup-widget.tsx';
import { ChangesWidget } from './widgets/changes-widget.tsx';
import { DiskWidget } from './widgets/disk-widget.tsx';
import { JobsWidget } from './widgets/jobs-widget.tsx';
import { ServiceMap } from './widgets/service-map.tsx';
import { StoredWidget } from './widgets/stored-widget.tsx';
import { ErrorsWidget, LatencyWidget, RequestsWidget, ThroughputWidget } from './widgets/traffic-widgets.tsx';

const BODIES: Readonly<Record<WidgetKind, () => ReactNode>> = {
  services: ServiceMap,
  requests: RequestsWidget,
  errors: ErrorsWidget,
  latency: LatencyWidget,
  throughput: ThroughputWidget,
  stored: StoredWidget,
  disk: DiskWidget,
  backup: BackupWidget,
  audit: ChangesWidget,
  jobs: JobsWidget,
};

/** What a widget shows. */
export function WidgetBody({ kind }: { readonly kind: WidgetKind }) {
  const Body = BODIES[kind];
  return <Body />;
}
