import CancelIcon from '@mui/icons-material/CancelOutlined';
import PauseIcon from '@mui/icons-material/PauseOutlined';
import ResumeIcon from '@mui/icons-material/PlayArrowOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { LogLevel } from '@supastor/contract/wire/log-record';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { useMemo, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useNow } from '../../ui/relative-time.tsx';
import { filterLines, type LogLine } from './log-buffer.ts';
import { LogView } from './log-view.tsx';
import { SERVICE_ORDER } from './service-state.ts';
import { useLogs } from './use-logs.ts';

/** Least severity that is shown; the first is all. */
const LEVELS = ['trace', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

const MINUTES = [5, 15, 60] as const;

interface LogPanelProps {
  /** Only this service; null for all. */
  readonly service: ServiceName | null;
  readonly onService: (service: ServiceName | null) => void;
  /** Only lines of this request; null for all. */
  readonly request: string | null;
  readonly onRequest: (request: string | null) => void;
}

/** Live log lines of all services, with filters and a pause. */
export function LogPanel({ service, onService, request, onRequest }: LogPanelProps) {
  const t = useMessages().logs;
  const logs = useLogs(SERVICE_ORDER);
  const [level, setLevel] = useState<LogLevel>('trace');
  const [text, setText] = useState('');
  const [frozen, setFrozen] = useState<readonly LogLine[] | null>(null);
  const source = frozen ?? logs.lines;
  const [minutes, setMinutes] = useState<number | null>(null);
  const now = useNow();
  const sinceMs = minutes === null ? null : now - minutes * 60_000;
  const lines = useMemo(
    () => filterLines(source, { service, level, text, request, sinceMs }),
    [source, service, level, text, request, sinceMs],
  );
  return (
    <Box
      component="section"
      aria-labelledby="logs-title"
      sx={{ mt: 7, flex: '1 1 360px', minHeight: 360, display: 'flex', flexDirection: 'column' }}
    >
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 2, mb: 3 }}>
        <Typography id="logs-title" variant="h2" sx={{ flex: '1 1 auto' }}>
          {t.logs}
        </Typography>
        <TextField
          select
          label={t.service}
          value={service ?? 'all'}
          onChange={(event) => onService(SERVICE_ORDER.find((name) => name === event.target.value) ?? null)}
          sx={{ width: { xs: 'calc(50% - 4px)', sm: 136 } }}
        >
          <MenuItem value="all">{t.allServices}</MenuItem>
          {SERVICE_ORDER.map((name) => (
            <MenuItem key={name} value={name}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          select
          label={t.level}
          value={level}
          onChange={(event) => setLevel(LEVELS.find((value) => value === event.target.value) ?? 'trace')}
          sx={{ width: { xs: 'calc(50% - 4px)', sm: 156 } }}
        >
          {LEVELS.map((value) => (
            <MenuItem key={value} value={value}>
              {t.levels[value]}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          select
          label={t.time}
          value={minutes ?? 'any'}
          onChange={(event) => setMinutes(MINUTES.find((value) => value === Number(event.target.value)) ?? null)}
          sx={{ width: { xs: 'calc(50% - 4px)', sm: 148 } }}
        >
          <MenuItem value="any">{t.anyTime}</MenuItem>
          {MINUTES.map((value) => (
            <MenuItem key={value} value={value}>
              {t.lastMinutes(value)}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          label={t.find}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          sx={{ width: { xs: 'calc(50% - 4px)', sm: 160 } }}
        />
        <Button
          variant="outlined"
          color="inherit"
          startIcon={frozen ? <ResumeIcon /> : <PauseIcon />}
          aria-pressed={frozen !== null}
          onClick={() => setFrozen(frozen ? null : logs.lines)}
          sx={{ width: 108 }}
        >
          {frozen ? t.resume : t.pause}
        </Button>
        <Button
          variant="outlined"
          color="inherit"
          onClick={() => {
            logs.clear();
            setFrozen(null);
          }}
        >
          {t.clear}
        </Button>
      </Box>
      {request !== null && (
        <Box sx={{ mb: 3 }}>
          <Chip label={t.tracing(request)} onDelete={() => onRequest(null)} deleteIcon={<CancelIcon aria-label={t.endTrace} />} />
        </Box>
      )}
      {logs.error != null && (
        <Box sx={{ mb: 3 }}>
          <ErrorNotice error={logs.error} />
        </Box>
      )}
      <LogView
        lines={lines}
        loading={logs.loading}
        paused={frozen !== null}
        filtered={source.length > 0}
        onTrace={request === null ? onRequest : null}
      />
    </Box>
  );
}
