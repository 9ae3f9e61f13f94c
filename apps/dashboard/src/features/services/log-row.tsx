import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { LogLevel } from '@supastor/contract/wire/log-record';
import { formatClock } from '../../format/time.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { MONO } from '../../ui/fonts.ts';
import type { LogLine } from './log-buffer.ts';
import { extraFields, summarizeRecord } from './log-summary.ts';

const COLORS: Readonly<Record<LogLevel, string>> = {
  trace: 'text.secondary',
  debug: 'text.secondary',
  info: 'primary.main',
  warn: 'warning.main',
  error: 'error.main',
  fatal: 'error.main',
};

interface LogRowProps {
  readonly line: LogLine;
  readonly expanded: boolean;
  readonly onToggle: () => void;
  /** Asked to show all lines of the request of this one; null where that makes no sense. */
  readonly onTrace: ((request: string) => void) | null;
}

/** One log line; a click shows its fields. */
export function LogRow({ line: { record }, expanded, onToggle, onTrace }: LogRowProps) {
  const t = useMessages().logs;
  const { requestId } = record;
  return (
    <>
      <Box
        component="button"
        type="button"
        aria-expanded={expanded}
        onClick={onToggle}
        sx={{
          all: 'unset',
          boxSizing: 'border-box',
          display: 'flex',
          gap: 3,
          width: '100%',
          px: 4,
          lineHeight: '24px',
          cursor: 'pointer',
          whiteSpace: 'nowrap',
          fontFamily: MONO,
          fontSize: 12,
          '&:hover': { bgcolor: 'action.hover' },
          '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
        }}
      >
        <Box component="time" dateTime={record.time} sx={{ color: 'text.secondary', flex: 'none' }}>
          {formatClock(record.time)}
        </Box>
        <Box component="span" sx={{ color: COLORS[record.level], flex: 'none', width: 40, fontWeight: 600 }}>
          {record.level}
        </Box>
        <Box component="span" sx={{ color: 'text.secondary', flex: 'none', width: 64, display: { xs: 'none', sm: 'inline' } }}>
          {record.service}
        </Box>
        <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', minWidth: 0, flex: 1 }}>
          {record.msg}
          <Box component="span" sx={{ color: 'text.secondary', ml: 3 }}>
            {summarizeRecord(record)}
          </Box>
        </Box>
      </Box>
      {expanded && (
        <Box
          component="pre"
          sx={{
            m: 0,
            px: 4,
            py: 2,
            mb: 1,
            fontFamily: MONO,
            fontSize: 12,
            whiteSpace: 'pre-wrap',
            overflowWrap: 'anywhere',
            bgcolor: 'background.default',
            borderBlock: 1,
            borderColor: 'divider',
          }}
        >
          {`${record.service}: ${record.msg}\n${JSON.stringify({ time: record.time, ...extraFields(record) }, null, 2)}`}
          {requestId !== undefined && onTrace !== null && (
            <Button size="small" variant="outlined" color="inherit" onClick={() => onTrace(requestId)} sx={{ display: 'flex', mt: 2 }}>
              {t.trace}
            </Button>
          )}
        </Box>
      )}
    </>
  );
}
