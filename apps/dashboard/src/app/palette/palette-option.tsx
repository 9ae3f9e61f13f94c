import Box from '@mui/material/Box';
import { useEffect, useRef } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { Command } from './use-commands.tsx';

interface PaletteOptionProps {
  readonly id: string;
  readonly command: Command;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly onRun: () => void;
}

/** One line of the palette. The focus stays in its field, which says which line is chosen. */
export function PaletteOption({ id, command, chosen, onChoose, onRun }: PaletteOptionProps) {
  const t = useMessages().shell.palette;
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) line.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the combobox has the keys
    <Box
      ref={line}
      id={id}
      role="option"
      aria-selected={chosen}
      tabIndex={-1}
      onMouseMove={onChoose}
      onClick={onRun}
      sx={{
        display: 'flex',
        alignItems: 'center',
        gap: 3,
        px: 3,
        minHeight: 'var(--nav-row)',
        borderRadius: 1,
        cursor: 'pointer',
        fontSize: 14,
        bgcolor: chosen ? 'action.selected' : 'transparent',
        '& > svg': { fontSize: 18, color: chosen ? 'primary.main' : 'text.secondary', flex: 'none' },
      }}
    >
      {command.icon}
      <Box component="span" sx={{ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
        {command.label}
      </Box>
      <Box component="span" sx={{ ml: 'auto', color: 'text.secondary', fontSize: 12, flex: 'none' }}>
        {command.detail ?? t.groups[command.group]}
      </Box>
    </Box>
  );
}
