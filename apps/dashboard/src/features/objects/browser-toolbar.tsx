import GridIcon from '@mui/icons-material/GridViewOutlined';
import ListIcon from '@mui/icons-material/ViewListOutlined';
import DeletedIcon from '@mui/icons-material/RestoreFromTrashOutlined';
import SearchIcon from '@mui/icons-material/SearchOutlined';
import ZipIcon from '@mui/icons-material/FolderZipOutlined';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Tooltip from '@mui/material/Tooltip';
import { useEffect, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';

export type BrowserView = 'list' | 'grid';

interface BrowserToolbarProps {
  readonly view: BrowserView;
  readonly onView: (view: BrowserView) => void;
  readonly onFilter: (startsWith: string) => void;
  readonly onZip: () => void;
  /** What was deleted; null where the bucket keeps none of it. */
  readonly onDeleted: (() => void) | null;
}

const TYPING_MS = 250;

/** How the folder is shown: filter by the start of names, list or grid, all of it as a zip. */
export function BrowserToolbar({ view, onView, onFilter, onZip, onDeleted }: BrowserToolbarProps) {
  const { deleted: t, objects: o } = useMessages();
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => onFilter(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, onFilter]);
  return (
    <>
      <TextField
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={o.startsWith}
        sx={{ width: 190 }}
        slotProps={{
          htmlInput: { 'aria-label': o.startsWith, spellCheck: false, autoCapitalize: 'none', maxLength: 1024 },
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <SearchIcon fontSize="small" />
              </InputAdornment>
            ),
            sx: { height: 36 },
          },
        }}
      />
      <Tooltip title={o.folderAsZip}>
        <IconButton size="small" aria-label={o.folderAsZip} onClick={onZip}>
          <ZipIcon fontSize="small" />
        </IconButton>
      </Tooltip>
      {onDeleted && (
        <Tooltip title={t.open}>
          <IconButton size="small" aria-label={t.open} onClick={onDeleted}>
            <DeletedIcon fontSize="small" />
          </IconButton>
        </Tooltip>
      )}
      <ToggleButtonGroup
        exclusive
        size="small"
        aria-label={o.view}
        value={view}
        onChange={(_event, next: BrowserView | null) => next && onView(next)}
      >
        <ToggleButton value="list" aria-label={o.list} sx={{ width: 36, height: 36 }}>
          <ListIcon fontSize="small" />
        </ToggleButton>
        <ToggleButton value="grid" aria-label={o.grid} sx={{ width: 36, height: 36 }}>
          <GridIcon fontSize="small" />
        </ToggleButton>
      </ToggleButtonGroup>
    </>
  );
}
