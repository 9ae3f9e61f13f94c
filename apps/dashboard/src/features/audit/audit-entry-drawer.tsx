import CloseIcon from '@mui/icons-material/CloseOutlined';
import Box from '@mui/material/Box';
import Drawer from '@mui/material/Drawer';
import IconButton from '@mui/material/IconButton';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import type { AuditEntry } from '@supastor/contract/operations/audit';
import { createLink } from '@tanstack/react-router';
import { Fragment, type ReactNode, useId } from 'react';
import { formatNumber } from '../../format/locale.ts';
import { formatDateTime } from '../../format/time.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CodeSnippet } from '../../ui/code-snippet.tsx';
import { ChangeDiff } from './change-diff.tsx';
import { Outcome } from './outcome.tsx';

const RouteLink = createLink(Link);

interface AuditEntryDrawerProps {
  readonly entry: AuditEntry;
  readonly onClose: () => void;
}

/** One operation up close: who, from where, with what, and what it changed. */
export function AuditEntryDrawer({ entry, onClose }: AuditEntryDrawerProps) {
  const t = useMessages().audit;
  const titleId = useId();
  return (
    <Drawer
      anchor="right"
      open
      onClose={onClose}
      slotProps={{
        paper: {
          role: 'dialog',
          'aria-modal': true,
          'aria-labelledby': titleId,
          sx: { width: { xs: '100%', sm: 520 }, borderLeft: 1, borderColor: 'divider' },
        },
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, pl: 5, pr: 3, py: 3, borderBottom: 1, borderColor: 'divider' }}>
        <Typography id={titleId} variant="h2" noWrap sx={{ flex: 1 }}>
          {entry.operation}
        </Typography>
        <IconButton size="small" aria-label={t.closeDetails} onClick={onClose}>
          <CloseIcon fontSize="small" />
        </IconButton>
      </Box>
      <Box sx={{ p: 5, display: 'flex', flexDirection: 'column', gap: 5, overflowY: 'auto' }}>
        <Facts entry={entry} />
        <Json title={t.parameters} value={entry.parameters} />
        {isThere(entry.before) && isThere(entry.after) ? (
          <ChangeDiff before={entry.before} after={entry.after} />
        ) : (
          <>
            <Json title={t.before} value={entry.before} />
            <Json title={t.after} value={entry.after} />
          </>
        )}
      </Box>
    </Drawer>
  );
}

function Facts({ entry }: { readonly entry: AuditEntry }) {
  const t = useMessages().audit;
  const { identity, outcome, code, durationMs } = entry;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.outcome, <Outcome key="outcome" outcome={outcome} />],
    ...(code === null ? [] : [[t.code, code] as const]),
    [t.when, formatDateTime(entry.at)],
    [t.took, durationMs === null ? '–' : `${formatNumber(durationMs)} ms`],
    [t.identity, identity?.email ?? t.nobody],
    ...(identity === null ? [] : [[identity.apiKeyId === null ? t.session : t.apiKey, identity.apiKeyId ?? identity.sessionId] as const]),
    [t.resource, entry.resource ?? '–'],
    [t.address, entry.ip ?? '–'],
    [t.device, entry.userAgent ?? '–'],
    [
      t.request,
      entry.requestId === null ? (
        '–'
      ) : (
        <>
          {entry.requestId}
          <br />
          <RouteLink key="logs" to="/services" search={{ request: entry.requestId }}>
            {t.logs}
          </RouteLink>
        </>
      ),
    ],
    [t.row, t.rowOf(formatNumber(entry.seq))],
  ];
  return (
    <Box component="dl" className="num" sx={{ m: 0, display: 'grid', gridTemplateColumns: '96px minmax(0, 1fr)', rowGap: 3, fontSize: 13 }}>
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <Box component="dt" sx={{ color: 'text.secondary' }}>
            {name}
          </Box>
          <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            {value}
          </Box>
        </Fragment>
      ))}
    </Box>
  );
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function Json({ title, value }: { readonly title: string; readonly value: unknown }) {
  if (!isThere(value)) return null;
  return (
    <section>
      <Typography variant="h3" sx={{ mb: 2 }}>
        {title}
      </Typography>
      <CodeSnippet label={title} code={JSON.stringify(value, null, 2)} />
    </section>
  );
}
