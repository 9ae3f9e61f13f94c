import type { ServiceState, ServiceStatus } from '@supastor/contract/wire/service-status';
import { Box, render, Text, useApp, useInput } from 'ink';
import { createElement as h, useEffect, useState } from 'react';
import { formatDuration } from '../commands/stack/format-status.ts';
import { formatCpu, formatMemory } from '../commands/stack/format-usage.ts';
import type { StatusReport } from '../commands/stack/status.ts';

/** A full-width table that refreshes itself until `q`, Ctrl-C or the signal. */
export async function showStatusView(look: () => Promise<StatusReport>, signal: AbortSignal, refreshMs: number): Promise<void> {
  const first = await look();
  const app = render(h(StatusView, { first, look, refreshMs }));
  const close = () => app.unmount();
  signal.addEventListener('abort', close, { once: true });
  await app.waitUntilExit();
  signal.removeEventListener('abort', close);
}

interface ViewProps {
  readonly first: StatusReport;
  readonly look: () => Promise<StatusReport>;
  readonly refreshMs: number;
}

function StatusView({ first, look, refreshMs }: ViewProps) {
  const [report, setReport] = useState(first);
  const [problem, setProblem] = useState<string | null>(null);
  const { exit } = useApp();
  useInput((input) => {
    if (input === 'q') exit();
  });
  useEffect(() => {
    let stopped = false;
    const refresh = async () => {
      try {
        const next = await look();
        if (stopped) return;
        setReport(next);
        setProblem(null);
      } catch (error) {
        if (!stopped) setProblem(error instanceof Error ? error.message : String(error));
      }
    };
    const timer = setInterval(() => void refresh(), refreshMs);
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  }, [look, refreshMs]);
  const note = problem ?? (report.supervisor ? null : 'No supervisor. Start or repair with: supastor up');
  return h(
    Box,
    { flexDirection: 'column' },
    h(Text, { bold: true }, `${report.project} (${report.environment})`),
    h(Row, { key: 'head', cells: ['SERVICE', 'STATE', 'PID', 'PORT', 'UPTIME', 'RESTARTS', 'CPU', 'MEMORY'], dim: true }),
    ...report.services.map((status) => h(Row, { key: status.name, cells: cellsOf(status), state: status.state })),
    note === null ? null : h(Text, { color: 'yellow' }, note),
    h(Text, { dimColor: true }, 'q quits'),
  );
}

const WIDTHS = [10, 11, 9, 8, 9, 10, 7, 8];

interface RowProps {
  readonly cells: readonly string[];
  readonly dim?: boolean;
  readonly state?: ServiceState;
}

function Row({ cells, dim = false, state }: RowProps) {
  const boxes = cells.map((cell, column) => {
    const color = column === 1 && state !== undefined ? { color: COLORS[state] } : {};
    return h(Box, { key: column, width: WIDTHS[column] ?? 10 }, h(Text, { dimColor: dim, wrap: 'truncate', ...color }, cell));
  });
  return h(Box, null, ...boxes);
}

const COLORS: Readonly<Record<ServiceState, string>> = {
  healthy: 'green',
  starting: 'yellow',
  backoff: 'yellow',
  stopping: 'yellow',
  stopped: 'gray',
  unhealthy: 'red',
  crashed: 'red',
};

function cellsOf(status: ServiceStatus): readonly string[] {
  return [
    status.name,
    status.state,
    status.pid === null ? '-' : String(status.pid),
    Object.values(status.ports).join(',') || '-',
    status.startedAt === null ? '-' : formatDuration(Date.now() - Date.parse(status.startedAt)),
    String(status.restarts),
    formatCpu(status.cpuCores),
    formatMemory(status.rssBytes),
  ];
}
