import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import Typography from '@mui/material/Typography';
import type { MouseEvent } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { FileIconFor } from './file-icon.tsx';
import type { Row } from './rows.ts';
import type { SelectionAction } from './selection.ts';

interface GridTileProps {
  readonly row: Row;
  readonly index: number;
  /** Address of what a picture shows. */
  readonly thumbnail: string | undefined;
  readonly selected: boolean;
  readonly tabbable: boolean;
  readonly onSelect: (action: SelectionAction) => void;
  readonly onOpen: (row: Row) => void;
  readonly onMenu: (row: Row, anchor: HTMLElement) => void;
}

/** One folder or object as a tile. A click opens it; with Ctrl or Shift it selects. */
export function GridTile({ row, index, thumbnail, selected, tabbable, onSelect, onOpen, onMenu }: GridTileProps) {
  const t = useMessages().objects;
  const onClick = (event: MouseEvent) => {
    if (event.detail > 1) return;
    if (event.shiftKey) onSelect({ type: 'ranged', to: row.key });
    else if (event.ctrlKey || event.metaKey) onSelect({ type: 'toggled', key: row.key });
    else {
      onSelect({ type: 'moved', to: row.key, extend: false });
      onOpen(row);
    }
  };
  return (
    <Box
      role="gridcell"
      aria-label={row.kind === 'folder' ? t.folderNamed(row.name) : row.name}
      aria-selected={selected}
      data-index={index}
      tabIndex={tabbable ? 0 : -1}
      onClick={onClick}
      onFocus={() => onSelect({ type: 'focused', key: row.key })}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(row, event.currentTarget);
      }}
      sx={{
        position: 'relative',
        display: 'flex',
        flexDirection: 'column',
        minWidth: 0,
        borderRadius: 1,
        border: 1,
        borderColor: selected ? 'primary.main' : 'divider',
        bgcolor: selected ? 'action.selected' : 'background.default',
        cursor: 'pointer',
        overflow: 'hidden',
        '&:hover': { bgcolor: selected ? 'action.selected' : 'action.hover' },
        '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
        '& .tile-check': { opacity: selected ? 1 : 0 },
        '&:hover .tile-check, &:focus-within .tile-check': { opacity: 1 },
        '@media (pointer: coarse)': { '& .tile-check': { opacity: 1 } },
      }}
    >
      <Box sx={{ flex: 1, minHeight: 0, display: 'grid', placeItems: 'center', position: 'relative' }}>
        {thumbnail === undefined ? (
          <FileIconFor row={row} sizePx={44} />
        ) : (
          <Box
            component="img"
            src={thumbnail}
            alt=""
            loading="lazy"
            referrerPolicy="no-referrer"
            sx={{ position: 'absolute', inset: 0, width: '100%', height: '100%', objectFit: 'cover' }}
          />
        )}
      </Box>
      <Box sx={{ px: 3, py: 2, borderTop: 1, borderColor: 'divider', bgcolor: 'background.paper' }}>
        <Typography variant="body2" noWrap title={row.name} sx={{ fontWeight: row.kind === 'folder' ? 550 : 400 }}>
          {row.name}
        </Typography>
        <Typography variant="caption" color="textSecondary" component="p" noWrap className="num">
          {row.kind === 'folder' ? t.folder : formatBytes(row.object.sizeBytes)}
        </Typography>
      </Box>
      <Box
        className="tile-check"
        onClick={(event) => event.stopPropagation()}
        sx={{ position: 'absolute', top: 4, left: 4, bgcolor: 'background.paper', borderRadius: 1 }}
      >
        <Checkbox
          size="small"
          checked={selected}
          onChange={() => onSelect({ type: 'toggled', key: row.key })}
          slotProps={{ input: { 'aria-label': t.select(row.name), tabIndex: -1 } }}
          sx={{ p: 0.5 }}
        />
      </Box>
    </Box>
  );
}
