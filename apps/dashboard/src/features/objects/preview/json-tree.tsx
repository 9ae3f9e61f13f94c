import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { MONO } from '../../../ui/fonts.ts';
import { CodeView } from './code-view.tsx';

const PAGE = 100;
const OPEN_DEPTH = 2;

/** A JSON text as a tree that opens where it is asked to; as code when it is no JSON, or only the first part of one. */
export function JsonTree({ text, isCut }: { readonly text: string; readonly isCut: boolean }) {
  const t = useMessages().preview;
  const parsed = useMemo(() => (isCut ? null : parse(text)), [text, isCut]);
  if (parsed === null) {
    return (
      <>
        <Typography variant="caption" color="textSecondary" sx={{ display: 'block', px: 4, pt: 3 }}>
          {isCut ? t.treeTooLong : t.treeInvalid}
        </Typography>
        <CodeView code={text} extension="json" />
      </>
    );
  }
  return (
    <Box sx={{ p: 4, fontFamily: MONO, fontSize: 12, lineHeight: 1.7, overflowWrap: 'anywhere' }}>
      <JsonNode name={null} value={parsed.value} depth={0} />
    </Box>
  );
}

interface JsonNodeProps {
  readonly name: string | null;
  readonly value: unknown;
  readonly depth: number;
}

function JsonNode({ name, value, depth }: JsonNodeProps) {
  const t = useMessages().preview;
  const [open, setOpen] = useState(depth < OPEN_DEPTH);
  const [shown, setShown] = useState(PAGE);
  const label = name === null ? null : <span>{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <div>
        {label}
        <Box component="span" sx={{ color: typeof value === 'string' ? 'success.main' : 'primary.main' }}>
          {JSON.stringify(value)}
        </Box>
      </div>
    );
  }
  const entries = Object.entries(value);
  const summary = Array.isArray(value) ? `[ ${entries.length} ]` : `{ ${entries.length} }`;
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <Box
        component="summary"
        sx={{
          cursor: 'pointer',
          minHeight: 24,
          lineHeight: '24px',
          '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main' },
        }}
      >
        {label}
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {summary}
        </Box>
      </Box>
      {open && (
        <Box sx={{ pl: 4, borderLeft: 1, borderColor: 'divider' }}>
          {entries.slice(0, shown).map(([key, child]) => (
            <JsonNode key={key} name={key} value={child} depth={depth + 1} />
          ))}
          {entries.length > shown && (
            <Button size="small" onClick={() => setShown(shown + PAGE)}>
              {t.treeMore(entries.length - shown)}
            </Button>
          )}
        </Box>
      )}
    </details>
  );
}

function parse(text: string): { readonly value: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return null;
  }
}
