import DeleteIcon from '@mui/icons-material/DeleteOutlineOutlined';
import DownloadIcon from '@mui/icons-material/DownloadOutlined';
import LinkIcon from '@mui/icons-material/LinkOutlined';
import MoveIcon from '@mui/icons-material/DriveFileRenameOutlineOutlined';
import OpenIcon from '@mui/icons-material/VisibilityOutlined';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import type { Row } from './rows.ts';

export interface RowActions {
  readonly open: (row: Row) => void;
  readonly download: (path: string) => void;
  readonly link: (path: string) => void;
  readonly move: (path: string) => void;
  readonly remove: (rows: readonly Row[]) => void;
}

interface RowMenuProps {
  readonly row: Row | null;
  readonly anchor: HTMLElement | null;
  readonly actions: RowActions;
  readonly onClose: () => void;
}

/** What can be done with one row. */
export function RowMenu({ row, anchor, actions, onClose }: RowMenuProps) {
  const choose = (action: () => void) => () => {
    onClose();
    action();
  };
  if (row === null) return null;
  return (
    <Menu
      open
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
      transformOrigin={{ vertical: 'top', horizontal: 'right' }}
      slotProps={{ list: { 'aria-label': `Actions for ${row.name}` } }}
    >
      <MenuItem onClick={choose(() => actions.open(row))}>
        <OpenIcon fontSize="small" />
        Open
      </MenuItem>
      {row.kind === 'object' && [
        <MenuItem key="download" onClick={choose(() => actions.download(row.key))}>
          <DownloadIcon fontSize="small" />
          Download
        </MenuItem>,
        <MenuItem key="link" onClick={choose(() => actions.link(row.key))}>
          <LinkIcon fontSize="small" />
          Get link
        </MenuItem>,
        <MenuItem key="move" onClick={choose(() => actions.move(row.key))}>
          <MoveIcon fontSize="small" />
          Rename or move
        </MenuItem>,
      ]}
      <MenuItem onClick={choose(() => actions.remove([row]))} sx={{ color: 'error.main' }}>
        <DeleteIcon fontSize="small" />
        Delete
      </MenuItem>
    </Menu>
  );
}
