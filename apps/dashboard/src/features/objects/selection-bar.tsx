import Button from '@mui/material/Button';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { Row } from './rows.ts';

interface SelectionBarProps {
  readonly rows: readonly Row[];
  readonly onDownload: (paths: readonly string[]) => void;
  readonly onMove: (paths: readonly string[]) => void;
  readonly onRemove: (rows: readonly Row[]) => void;
  readonly onClear: () => void;
}

/** What can be done with all selected rows at once. Folders can only be deleted. */
export function SelectionBar({ rows, onDownload, onMove, onRemove, onClear }: SelectionBarProps) {
  const paths = rows.filter((row) => row.kind === 'object').map((row) => row.key);
  const onlyObjects = paths.length === rows.length;
  return (
    <Box
      role="toolbar"
      aria-label="Selection"
      sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 1, mr: -2, '& button': { minWidth: 0, px: 2.5 } }}
    >
      <Typography variant="body2" role="status" className="num" sx={{ mr: 2, fontWeight: 550 }}>
        {rows.length} selected
      </Typography>
      <Button size="small" color="inherit" disabled={!onlyObjects} onClick={() => onDownload(paths)}>
        Download
      </Button>
      <Button size="small" color="inherit" disabled={!onlyObjects} onClick={() => onMove(paths)}>
        Move
      </Button>
      <Button size="small" color="error" onClick={() => onRemove(rows)}>
        Delete
      </Button>
      <Button size="small" color="inherit" onClick={onClear}>
        Clear
      </Button>
    </Box>
  );
}
