import DoneIcon from '@mui/icons-material/CheckCircleOutlined';
import CloseIcon from '@mui/icons-material/CloseOutlined';
import FailedIcon from '@mui/icons-material/ErrorOutlineOutlined';
import PauseIcon from '@mui/icons-material/PauseOutlined';
import ResumeIcon from '@mui/icons-material/PlayArrowOutlined';
import RetryIcon from '@mui/icons-material/RefreshOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { formatBytes } from '../../../format/bytes.ts';
import { baseName } from '../paths.ts';
import type { UploadManager } from './upload-manager.ts';
import { isActive, type UploadItem } from './upload-state.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import type { Messages } from '../../../messages/messages.ts';
import { uploads as english } from '../../../messages/en/uploads.ts';

const ROW_PX = 52;
const TEXT_ACTION = { minWidth: 0, px: 2, flex: 'none' } as const;

interface UploadListProps {
  readonly items: readonly UploadItem[];
  readonly manager: UploadManager;
}

/** Every file of the queue with its own progress and actions. */
export function UploadList({ items, manager }: UploadListProps) {
  const t = useMessages().uploads;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_PX, overscan: 6 });
  return (
    <Box ref={scroller} tabIndex={0} role="group" aria-label={t.list} sx={{ maxHeight: 268, overflowY: 'auto' }}>
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', position: 'relative', height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const item = items[row.index];
          return (
            item && (
              <Box
                component="li"
                key={item.id}
                sx={{ position: 'absolute', insetInline: 0, height: ROW_PX, px: 4, pr: 2, display: 'flex', alignItems: 'center', gap: 2 }}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <FileProgress item={item} />
                <FileActions item={item} manager={manager} />
              </Box>
            )
          );
        })}
      </Box>
    </Box>
  );
}

function FileProgress({ item }: { readonly item: UploadItem }) {
  const t = useMessages().uploads;
  const name = baseName(item.path);
  const percent = item.sizeBytes === 0 ? 0 : (item.loadedBytes / item.sizeBytes) * 100;
  const partly = item.status === 'uploading' || (item.loadedBytes > 0 && ['waiting', 'paused', 'lost'].includes(item.status));
  return (
    <Box sx={{ flex: 1, minWidth: 0 }}>
      <Box sx={{ display: 'flex', gap: 3, alignItems: 'baseline' }}>
        <Typography variant="body2" noWrap title={`${item.bucket}/${item.path}`} sx={{ flex: 1 }}>
          {name}
        </Typography>
        <Typography variant="caption" className="num" noWrap color="textSecondary">
          {item.status === 'failed' ? t.hasFailed : describe(t, item)}
        </Typography>
      </Box>
      {item.status === 'failed' && (
        <Typography variant="caption" component="p" color="error" noWrap title={describe(t, item)}>
          {describe(t, item)}
        </Typography>
      )}
      {partly && (
        <LinearProgress
          variant="determinate"
          value={percent}
          color={item.status === 'uploading' ? 'primary' : 'inherit'}
          aria-label={t.progressOf(name)}
          sx={{ mt: 1, height: 3 }}
        />
      )}
    </Box>
  );
}

function describe(t: Messages['uploads'], item: UploadItem): string {
  switch (item.status) {
    case 'queued':
      return t.inLine(formatBytes(item.sizeBytes));
    case 'uploading':
      return t.of(formatBytes(item.loadedBytes), formatBytes(item.sizeBytes));
    case 'waiting':
      return t.waiting;
    case 'paused':
      return t.pausedAt(formatBytes(item.loadedBytes));
    case 'lost':
      return t.chooseAgain;
    case 'done':
      return formatBytes(item.sizeBytes);
    case 'failed':
      return reasonOf(t, item.error);
    case 'conflict':
      return t.exists;
    case 'cancelled':
      return t.cancelled;
    case 'skipped':
      return t.skipped;
  }
}

/** What storage says is in its language; what the console found itself has words of its own. */
function reasonOf(t: Messages['uploads'], error: string | null): string {
  if (error === english.problems.connection) return t.problems.connection;
  return error === english.problems.noAddress ? t.problems.noAddress : (error ?? t.hasFailed);
}

function FileActions({ item, manager }: { readonly item: UploadItem; readonly manager: UploadManager }) {
  const t = useMessages().uploads;
  const name = baseName(item.path);
  if (item.status === 'done') return <DoneIcon fontSize="small" color="success" titleAccess={t.isUploaded} sx={{ m: 1 }} />;
  const cancel = <RowAction label={t.cancelIt(name)} icon={<CloseIcon fontSize="small" />} onClick={() => manager.cancel([item.id])} />;
  if (item.status === 'lost') return cancel;
  if (isActive(item) || item.status === 'paused') {
    const paused = item.status === 'paused';
    return (
      <>
        {paused ? (
          <RowAction label={t.resumeIt(name)} icon={<ResumeIcon fontSize="small" />} onClick={() => manager.retry([item.id])} />
        ) : (
          <RowAction label={t.pauseIt(name)} icon={<PauseIcon fontSize="small" />} onClick={() => manager.pause([item.id])} />
        )}
        {cancel}
      </>
    );
  }
  if (item.status === 'conflict') {
    return (
      <>
        <Button size="small" color="inherit" aria-label={t.skipIt(name)} onClick={() => manager.skip([item.id])} sx={TEXT_ACTION}>
          {t.skip}
        </Button>
        <Button
          size="small"
          aria-label={t.overwriteIt(name)}
          onClick={() => manager.retry([item.id], { overwrite: true })}
          sx={TEXT_ACTION}
        >
          {t.overwrite}
        </Button>
      </>
    );
  }
  return (
    <>
      {item.status === 'failed' && <FailedIcon fontSize="small" color="error" titleAccess={t.hasFailed} />}
      <RowAction label={t.retryIt(name)} icon={<RetryIcon fontSize="small" />} onClick={() => manager.retry([item.id])} />
    </>
  );
}

function RowAction({ label, icon, onClick }: { readonly label: string; readonly icon: ReactNode; readonly onClick: () => void }) {
  return (
    <Tooltip title={label}>
      <IconButton size="small" aria-label={label} onClick={onClick}>
        {icon}
      </IconButton>
    </Tooltip>
  );
}
