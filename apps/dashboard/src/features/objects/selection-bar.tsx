import Button from '@mui/material/Button';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useMessages } from '../../messages/locale-provider.tsx';
import { formatNumber } from '../../format/locale.ts';
import type { Row } from './rows.ts';

interface SelectionBarProps {
  readonly rows: readonly Row[];
  readonly onDownload: (rows: readonly Row[]) => void;
  readonly onMove: (rows: readonly Row[]) => void;
  readonly onCopy: (rows: readonly Row[]) => void;
  readonly onRemove: (rows: readonly Row[]) => void;
  readonly onClear: () => void;
}

/** What can be done with all selected rows at once. */
export function SelectionBar({ rows, onDownload, onMove, onCopy, onRemove, onClear }: SelectionBarProps) {
  const { objects: t, common } = useMessages();
  return (
    <Box
      role="toolbar"
      aria-label={t.selection}
      sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1, mr: -2, '& button': { minWidth: 0, px: 2.5 } }}
    >
      <Typography variant="body2" role="status" className="num" sx={{ mr: 2, fontWeight: 550 }}>
        {t.selected(formatNumber(rows.length))}
      </Typography>
      <Button size="small" color="inherit" onClick={() => onDownload(rows)}>
        {t.download}
      </Button>
      <Button size="small" color="inherit" onClick={() => onMove(rows)}>
        {t.move}
      </Button>
      <Button size="small" color="inherit" onClick={() => onCopy(rows)}>
        {t.copy}
      </Button>
      <Button size="small" color="error" onClick={() => onRemove(rows)}>
        {t.remove}
      </Button>
      <Button size="small" color="inherit" onClick={onClear}>
        {common.clear}
      </Button>
    </Box>
  );
}
