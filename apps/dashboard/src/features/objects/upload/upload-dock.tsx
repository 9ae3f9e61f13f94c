import CloseIcon from '@mui/icons-material/CloseOutlined';
import CollapseIcon from '@mui/icons-material/ExpandMoreOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Collapse from '@mui/material/Collapse';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import { formatBytes } from '../../../format/bytes.ts';
import { formatDuration } from '../../../format/time.ts';
import { LostUploads } from './lost-uploads.tsx';
import { UploadList } from './upload-list.tsx';
import type { UploadManager } from './upload-manager.ts';
import { secondsLeft } from './upload-rate.ts';
import { isActive, summarizeUploads, type UploadState, type UploadStatus, type UploadSummary } from './upload-state.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import type { Messages } from '../../../messages/messages.ts';

interface UploadDockProps {
  readonly manager: UploadManager;
  readonly state: UploadState;
}

/** Panel at the corner with every file of the queue; stays while pages change. */
export function UploadDock({ manager, state }: UploadDockProps) {
  const t = useMessages().uploads;
  const [open, setOpen] = useState(true);
  const summary = useMemo(() => summarizeUploads(state), [state]);
  if (state.items.length === 0) return null;
  const ids = (...statuses: UploadStatus[]) => state.items.filter((item) => statuses.includes(item.status)).map((item) => item.id);
  const title = titleOf(t, summary);
  return (
    <Paper
      component="section"
      aria-label={t.title}
      sx={{
        position: 'fixed',
        zIndex: 1150,
        right: { xs: 8, sm: 20 },
        bottom: { xs: 8, sm: 20 },
        width: { xs: 'calc(100vw - 16px)', sm: 400 },
        border: 1,
        borderColor: 'divider',
        borderRadius: 1.5,
        boxShadow: '0 12px 32px rgba(10, 14, 22, 0.2)',
        overflow: 'hidden',
      }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, pl: 4, pr: 2, py: 2 }}>
        <Box role="status" sx={{ flex: 1, minWidth: 0 }}>
          <Typography variant="h3" component="h2" className="num">
            {title}
          </Typography>
          <Typography variant="caption" color="textSecondary" component="p" className="num">
            {subtitleOf(t, summary, state.bytesPerSecond)}
          </Typography>
        </Box>
        <Tooltip title={open ? t.collapse : t.expand}>
          <IconButton size="small" aria-label={open ? t.collapseAll : t.expandAll} aria-expanded={open} onClick={() => setOpen(!open)}>
            <CollapseIcon fontSize="small" sx={{ transform: open ? 'none' : 'rotate(180deg)' }} />
          </IconButton>
        </Tooltip>
        {summary.active === 0 && summary.held === 0 && (
          <Tooltip title={t.close}>
            <IconButton size="small" aria-label={t.closeAll} onClick={() => manager.clear()}>
              <CloseIcon fontSize="small" />
            </IconButton>
          </Tooltip>
        )}
      </Box>
      <LinearProgress
        variant="determinate"
        value={summary.percent}
        aria-label={t.total}
        color={summary.counts.failed + summary.counts.conflict > 0 && summary.active === 0 ? 'warning' : 'primary'}
        sx={{ borderRadius: 0, height: 3 }}
      />
      <Collapse in={open} unmountOnExit>
        <UploadList items={state.items} manager={manager} />
        {summary.counts.lost > 0 && <LostUploads manager={manager} count={summary.counts.lost} ids={ids('lost')} />}
        <BulkActions
          summary={summary}
          onPause={() => manager.pause(state.items.filter(isActive).map((item) => item.id))}
          onResume={() => manager.retry(ids('paused'))}
          onOverwrite={() => manager.retry(ids('conflict'), { overwrite: true })}
          onSkip={() => manager.skip(ids('conflict'))}
          onRetry={() => manager.retry(ids('failed'))}
          onCancel={() => manager.cancel(state.items.filter(isActive).map((item) => item.id))}
        />
      </Collapse>
    </Paper>
  );
}

interface BulkActionsProps {
  readonly summary: UploadSummary;
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onOverwrite: () => void;
  readonly onSkip: () => void;
  readonly onRetry: () => void;
  readonly onCancel: () => void;
}

function BulkActions({ summary, onPause, onResume, onOverwrite, onSkip, onRetry, onCancel }: BulkActionsProps) {
  const t = useMessages().uploads;
  const { conflict, failed, paused } = summary.counts;
  if (conflict === 0 && failed === 0 && paused === 0 && summary.active === 0) return null;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, justifyContent: 'flex-end', p: 2, borderTop: 1, borderColor: 'divider' }}>
      {conflict > 0 && (
        <>
          <Button size="small" onClick={onSkip} color="inherit">
            {t.skipExisting}
          </Button>
          <Button size="small" onClick={onOverwrite}>
            {t.overwriteMany(conflict)}
          </Button>
        </>
      )}
      {failed > 0 && (
        <Button size="small" onClick={onRetry}>
          {t.retryFailed(failed)}
        </Button>
      )}
      {paused > 0 && (
        <Button size="small" onClick={onResume}>
          {t.resumeMany(paused)}
        </Button>
      )}
      {summary.active > 0 && (
        <>
          <Button size="small" onClick={onPause} color="inherit">
            {t.pauseAll}
          </Button>
          <Button size="small" onClick={onCancel} color="inherit">
            {t.cancelAll}
          </Button>
        </>
      )}
    </Box>
  );
}

type Words = Messages['uploads'];

/** The queue in one line. */
function titleOf(t: Words, { counts, wanted, active }: UploadSummary): string {
  if (active > 0 && active === counts.waiting) return t.waitingWith(t.files(active));
  if (active > 0) return t.uploading(counts.done, t.files(wanted));
  if (counts.conflict > 0) return t.exist(t.files(counts.conflict), counts.conflict);
  if (counts.lost > 0) return t.notFinished(t.files(counts.lost));
  if (counts.paused > 0) return t.paused(t.files(counts.paused));
  if (counts.failed > 0) return t.failed(t.files(counts.failed));
  return counts.done === 0 ? t.nothing : t.uploaded(t.files(counts.done));
}

function subtitleOf(t: Words, { counts, active, loadedBytes, totalBytes }: UploadSummary, bytesPerSecond: number | null): string {
  if (active === 0 && counts.conflict > 0) return t.overwriteOrSkip;
  const sizes = t.of(formatBytes(loadedBytes), formatBytes(totalBytes));
  if (active > 0 && active === counts.waiting) return t.goesOn(sizes);
  if (counts.uploading === 0 || bytesPerSecond === null) return sizes;
  const left = secondsLeft(totalBytes - loadedBytes, bytesPerSecond);
  return `${sizes} · ${formatBytes(bytesPerSecond)}/s${left === null ? '' : ` · ${t.left(formatDuration(left * 1000))}`}`;
}
