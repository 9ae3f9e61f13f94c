import SearchIcon from '@mui/icons-material/SearchOutlined';
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import InputBase from '@mui/material/InputBase';
import Typography from '@mui/material/Typography';
import { useRouter } from '@tanstack/react-router';
import { type KeyboardEvent, useDeferredValue, useId, useMemo, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { VISUALLY_HIDDEN } from '../../ui/visually-hidden.ts';
import { fuzzyFilter } from './fuzzy.ts';
import { PaletteOption } from './palette-option.tsx';
import { type Command, useCommands } from './use-commands.tsx';

const SHOWN = 50;
const GROUPS = ['pages', 'buckets', 'actions'] as const;

/** Pages, buckets and actions by a few letters of their name. */
export function PaletteDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages().shell.palette;
  const listId = useId();
  const router = useRouter();
  const commands = useCommands();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const query = useDeferredValue(text);
  const found = useMemo(() => {
    const fitting = fuzzyFilter(query, commands, ({ label, detail = '' }) => `${label} ${detail}`).slice(0, SHOWN);
    // Without a question they stand in their groups; with one the best stands first.
    return query.trim() === '' ? GROUPS.flatMap((group) => fitting.filter((command) => command.group === group)) : fitting;
  }, [commands, query]);
  const search: Command = {
    id: 'search',
    group: 'actions',
    label: t.searchObjects(query.trim()),
    icon: <SearchIcon />,
    run: () => void router.navigate({ to: '/search', search: { text: query.trim() } }),
  };
  const options = query.trim() === '' ? found : [...found, search];
  const at = Math.min(chosen, options.length - 1);
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % options.length,
      ArrowUp: (at - 1 + options.length) % options.length,
      PageDown: Math.min(at + 8, options.length - 1),
      PageUp: Math.max(at - 8, 0),
    };
    const next = moves[event.key];
    if (next !== undefined) setChosen(next);
    else if (event.key === 'Enter') run(options[at]);
    else return;
    event.preventDefault();
  };
  const optionId = (index: number) => `${listId}-${index}`;
  return (
    <Dialog
      open
      onClose={onClose}
      maxWidth={false}
      aria-label={t.title}
      sx={{ '& .MuiDialog-container': { alignItems: 'flex-start' } }}
      slotProps={{ paper: { sx: { width: 'min(600px, calc(100vw - 24px))', mt: { xs: 3, sm: '12vh' }, mx: 3, maxHeight: '70dvh' } } }}
    >
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, px: 4, borderBottom: 1, borderColor: 'divider', flex: 'none' }}>
        <SearchIcon fontSize="small" sx={{ color: 'text.secondary' }} />
        <InputBase
          autoFocus
          fullWidth
          value={text}
          placeholder={t.placeholder}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
          inputProps={{
            role: 'combobox',
            'aria-label': t.placeholder,
            'aria-expanded': true,
            'aria-controls': listId,
            'aria-autocomplete': 'list',
            'aria-activedescendant': optionId(at),
            autoComplete: 'off',
            spellCheck: false,
          }}
          sx={{ height: 52, fontSize: 16 }}
        />
      </Box>
      <Box id={listId} role="listbox" aria-label={t.results} sx={{ overflowY: 'auto', p: 2 }}>
        {options.map((command, index) => (
          <PaletteOption
            key={command.id}
            id={optionId(index)}
            command={command}
            chosen={index === at}
            onChoose={() => setChosen(index)}
            onRun={() => run(command)}
          />
        ))}
      </Box>
      <Typography
        variant="caption"
        color="textSecondary"
        sx={{ px: 4, py: 2, borderTop: 1, borderColor: 'divider', display: { xs: 'none', sm: 'block' } }}
      >
        {t.keys}
      </Typography>
      <Box role="status" sx={VISUALLY_HIDDEN}>
        {t.count(options.length)}
      </Box>
    </Dialog>
  );
}
