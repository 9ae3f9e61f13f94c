import MoreIcon from '@mui/icons-material/MoreVertOutlined';
import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import type { CSSProperties, MouseEvent } from 'react';
import { formatBytes } from '../../format/bytes.ts';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { FileIconFor } from './file-icon.tsx';
import { COLUMNS } from './columns.ts';
import type { Row } from './rows.ts';
import type { SelectionAction } from './selection.ts';

interface ObjectRowProps {
  readonly row: Row;
  readonly index: number;
  readonly narrow: boolean;
  readonly place: CSSProperties;
  readonly selected: boolean;
  /** The one row that Tab reaches. */
  readonly tabbable: boolean;
  readonly onSelect: (action: SelectionAction) => void;
  readonly onOpen: (row: Row) => void;
  readonly onMenu: (row: Row, anchor: HTMLElement) => void;
}

/** One folder or object. A click opens it; with Ctrl or Shift it selects. */
export function ObjectRow({ row, index, narrow, place, selected, tabbable, onSelect, onOpen, onMenu }: ObjectRowProps) {
  const onClick = (event: MouseEvent) => {
    // The second click of a double click would hit whatever row the first one brought under the pointer.
    if (event.detail > 1) return;
    if (event.shiftKey) onSelect({ type: 'ranged', to: row.key });
    else if (event.ctrlKey || event.metaKey) onSelect({ type: 'toggled', key: row.key });
    else {
      onSelect({ type: 'moved', to: row.key, extend: false });
      onOpen(row);
    }
  };
  const tabIndex = tabbable ? 0 : -1;
  return (
    <Box
      role="row"
      aria-label={row.kind === 'folder' ? `Folder ${row.name}` : row.name}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
      tabIndex={tabIndex}
      onClick={onClick}
      onFocus={() => onSelect({ type: 'focused', key: row.key })}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(row, event.currentTarget);
      }}
      style={place}
      sx={{
        position: 'absolute',
        insetInline: 0,
        display: 'grid',
        gridTemplateColumns: narrow ? COLUMNS.narrow : COLUMNS.wide,
        alignItems: 'center',
        cursor: 'pointer',
        fontSize: 13,
        borderBottom: 1,
        borderColor: 'divider',
        bgcolor: selected ? 'action.selected' : 'transparent',
        '&:hover': { bgcolor: selected ? 'action.selected' : 'action.hover' },
        '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
      }}
    >
      <Box role="gridcell" sx={{ display: 'grid', placeItems: 'center' }} onClick={(event) => event.stopPropagation()}>
        <Checkbox
          size="small"
          checked={selected}
          onChange={() => onSelect({ type: 'toggled', key: row.key })}
          slotProps={{ input: { 'aria-label': `Select ${row.name}`, tabIndex } }}
          sx={{ p: 1 }}
        />
      </Box>
      <Box role="gridcell" sx={{ display: 'flex', alignItems: 'center', gap: 3, minWidth: 0, pr: 3 }}>
        <FileIconFor row={row} />
        <Box sx={{ minWidth: 0 }}>
          <Typography variant="body2" noWrap title={row.name} sx={{ fontWeight: row.kind === 'folder' ? 550 : 400 }}>
            {row.name}
          </Typography>
          {narrow && row.kind === 'object' && (
            <Typography variant="caption" color="textSecondary" noWrap component="p" className="num">
              {formatBytes(row.object.sizeBytes)} · <RelativeTime at={row.object.updatedAt} />
            </Typography>
          )}
        </Box>
      </Box>
      {!narrow && <WideCells row={row} />}
      <Box role="gridcell" sx={{ display: 'grid', placeItems: 'center' }} onClick={(event) => event.stopPropagation()}>
        <IconButton
          size="small"
          tabIndex={tabIndex}
          aria-haspopup="menu"
          aria-label={`Actions for ${row.name}`}
          onClick={(event) => onMenu(row, event.currentTarget)}
        >
          <MoreIcon fontSize="small" />
        </IconButton>
      </Box>
    </Box>
  );
}

function WideCells({ row }: { readonly row: Row }) {
  const object = row.kind === 'object' ? row.object : null;
  return (
    <>
      <Box role="gridcell" className="num" sx={{ textAlign: 'right', pr: 6, color: 'text.secondary' }}>
        {object ? formatBytes(object.sizeBytes) : ''}
      </Box>
      <Box role="gridcell" sx={{ color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', pr: 3 }}>
        {object ? (object.mimeType ?? 'unknown') : 'folder'}
      </Box>
      <Box role="gridcell" sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>
        {object ? <RelativeTime at={object.updatedAt} /> : ''}
      </Box>
    </>
  );
}
