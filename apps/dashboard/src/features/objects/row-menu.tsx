import CopyIcon from '@mui/icons-material/FileCopyOutlined';
import DeleteIcon from '@mui/icons-material/DeleteOutlineOutlined';
import DownloadIcon from '@mui/icons-material/DownloadOutlined';
import LinkIcon from '@mui/icons-material/LinkOutlined';
import MoveIcon from '@mui/icons-material/DriveFileRenameOutlineOutlined';
import OpenIcon from '@mui/icons-material/VisibilityOutlined';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import type { ReactNode } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { Row } from './rows.ts';

export interface RowActions {
  readonly open: (row: Row) => void;
  readonly link: (path: string) => void;
  readonly download: (rows: readonly Row[]) => void;
  readonly move: (rows: readonly Row[]) => void;
  readonly copy: (rows: readonly Row[]) => void;
  readonly remove: (rows: readonly Row[]) => void;
}

/** The rows a menu was opened for, and where. */
export interface OpenMenu {
  readonly rows: readonly Row[];
  readonly anchor: HTMLElement;
}

interface RowMenuProps {
  readonly menu: OpenMenu | null;
  readonly actions: RowActions;
  readonly onClose: () => void;
}

/** What can be done with a row, or with the selected rows that it is one of. */
export function RowMenu({ menu, actions, onClose }: RowMenuProps) {
  const t = useMessages().objects;
  const [first] = menu?.rows ?? [];
  if (menu === null || first === undefined) return null;
  const { rows, anchor } = menu;
  const single = rows.length === 1 ? first : null;
  const item = (label: string, icon: ReactNode, action: () => void, color?: string) => (
    <MenuItem
      key={label}
      onClick={() => {
        onClose();
        action();
      }}
      sx={color === undefined ? {} : { color }}
    >
      {icon}
      {label}
    </MenuItem>
  );
  return (
    <Menu
      open
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
      transformOrigin={{ vertical: 'top', horizontal: 'right' }}
      slotProps={{ list: { 'aria-label': single ? t.actionsFor(single.name) : t.actionsForMany(rows.length) } }}
    >
      {single && item(t.open, <OpenIcon fontSize="small" />, () => actions.open(single))}
      {item(first.kind === 'folder' && single ? t.downloadZip : t.download, <DownloadIcon fontSize="small" />, () =>
        actions.download(rows),
      )}
      {single?.kind === 'object' && item(t.getLink, <LinkIcon fontSize="small" />, () => actions.link(single.key))}
      {item(single ? t.renameOrMove : t.move, <MoveIcon fontSize="small" />, () => actions.move(rows))}
      {item(t.copy, <CopyIcon fontSize="small" />, () => actions.copy(rows))}
      {item(t.remove, <DeleteIcon fontSize="small" />, () => actions.remove(rows), 'error.main')}
    </Menu>
  );
}
