import SearchIcon from '@mui/icons-material/ManageSearchOutlined';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useMessages } from '../../messages/locale-provider.tsx';
import { usePalette } from './palette-provider.tsx';

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

interface PaletteButtonProps {
  /** Told when it was pressed. */
  readonly onOpen?: () => void;
}

/** The palette for whoever does not know its key yet. */
export function PaletteButton({ onOpen }: PaletteButtonProps) {
  const t = useMessages().shell.palette;
  const palette = usePalette();
  const open = () => {
    onOpen?.();
    palette.open();
  };
  return (
    <ButtonBase
      onClick={open}
      aria-keyshortcuts="Control+K Meta+K"
      sx={{
        justifyContent: 'flex-start',
        gap: 2,
        px: 3,
        height: 36,
        flex: 'none',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        bgcolor: 'background.paper',
        color: 'text.secondary',
        typography: 'body2',
        '& > svg': { fontSize: 18 },
        '&:hover': { color: 'text.primary' },
      }}
    >
      <SearchIcon />
      {t.open}
      <Box component="kbd" aria-hidden sx={{ ml: 'auto', font: 'inherit', fontSize: 12 }}>
        {IS_APPLE ? '⌘ K' : 'Ctrl K'}
      </Box>
    </ButtonBase>
  );
}
