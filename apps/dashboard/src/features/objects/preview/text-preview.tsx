import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { lazy, useState } from 'react';
import { formatBytes } from '../../../format/bytes.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { CodeView } from './code-view.tsx';
import { CsvTable } from './csv-table.tsx';
import { fetchText, TEXT_BYTES } from './fetch-text.ts';
import { JsonTree } from './json-tree.tsx';
import type { BodyProps } from './preview-body.tsx';
import { extensionOf } from './preview-kind.ts';

const MarkdownView = lazy(async () => ({ default: (await import('./markdown-view.tsx')).MarkdownView }));

type TextKind = 'markdown' | 'csv' | 'json' | 'text';

/** The first part of a text: as code, and where the type has a better form, in that. */
export function TextPreview({ url, object, kind }: BodyProps & { readonly kind: TextKind }) {
  const t = useMessages().preview;
  const [raw, setRaw] = useState(false);
  const text = useQuery({
    queryKey: ['preview-text', url],
    queryFn: ({ signal }) => fetchText(url, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (text.error) return <ErrorNotice error={text.error} onRetry={() => void text.refetch()} />;
  if (text.data === undefined) return <Skeleton variant="rectangular" height="100%" />;
  const { text: head, isCut, totalBytes } = text.data;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
      {kind !== 'text' && (
        <ToggleButtonGroup
          exclusive
          size="small"
          aria-label={t.showAs}
          value={raw ? 'raw' : 'read'}
          onChange={(_event, next: string | null) => next && setRaw(next === 'raw')}
          sx={{ p: 1.5, '& button': { py: 0.5, px: 2.5, fontSize: 12 } }}
        >
          <ToggleButton value="read">{t.views[kind]}</ToggleButton>
          <ToggleButton value="raw">{t.source}</ToggleButton>
        </ToggleButtonGroup>
      )}
      <Box
        tabIndex={0}
        role="group"
        aria-label={t.text}
        sx={{
          flex: 1,
          minHeight: 0,
          overflow: 'auto',
          '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
        }}
      >
        {raw || kind === 'text' ? (
          <CodeView code={head} extension={extensionOf(object.path)} />
        ) : (
          <Readable kind={kind} text={head} isCut={isCut} />
        )}
      </Box>
      {isCut && (
        <Typography variant="caption" color="textSecondary" sx={{ px: 3, py: 1, borderTop: 1, borderColor: 'divider' }}>
          {t.firstOf(formatBytes(TEXT_BYTES), formatBytes(totalBytes))}
        </Typography>
      )}
    </Box>
  );
}

interface ReadableProps {
  readonly kind: Exclude<TextKind, 'text'>;
  readonly text: string;
  readonly isCut: boolean;
}

function Readable({ kind, text, isCut }: ReadableProps) {
  if (kind === 'markdown') return <MarkdownView text={text} />;
  if (kind === 'csv') return <CsvTable text={text} isCut={isCut} />;
  return <JsonTree text={text} isCut={isCut} />;
}
