import { useMessages } from '../messages/locale-provider.tsx';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { type ReactNode, useEffect, useState } from 'react';

const TYPING_MS = 300;

interface TypedFieldProps {
  readonly label: string;
  readonly value: string;
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
}

/** Text that takes effect after a short pause of typing. */
export function TypedField({ label, value, disabled = false, onChange }: TypedFieldProps) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (text.trim() !== value) setText(value);
  }
  useEffect(() => {
    if (text.trim() === value) return undefined;
    const timer = setTimeout(() => onChange(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <TextField
      label={label}
      type="search"
      disabled={disabled}
      value={text}
      onChange={(event) => setText(event.target.value)}
      slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none', maxLength: 100 } }}
    />
  );
}

interface ChoiceProps {
  readonly label: string;
  /** What no choice is called. */
  readonly all: string;
  readonly value: string | undefined;
  readonly options: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}

/** One of some values, or none. */
export function Choice({ label, all, value, options, onChange }: ChoiceProps) {
  return (
    <TextField
      select
      label={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{all}</MenuItem>
      {options.map(([key, text]) => (
        <MenuItem key={key} value={key}>
          {text}
        </MenuItem>
      ))}
    </TextField>
  );
}

interface FilterBarProps {
  /** How many fields there are: on a wide screen they stand in one line. */
  readonly fields: number;
  readonly isEmpty: boolean;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

/** Fields that narrow a list, and the way back to all of it. */
export function FilterBar({ fields, isEmpty, onClear, children }: FilterBarProps) {
  const t = useMessages().common;
  return (
    <Box
      component="section"
      aria-label={t.filters}
      sx={{
        display: 'grid',
        gap: 3,
        mb: 5,
        gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', md: `repeat(${fields}, minmax(0, 1fr)) auto` },
      }}
    >
      {children}
      <Button color="inherit" onClick={onClear} disabled={isEmpty}>
        {t.clear}
      </Button>
    </Box>
  );
}
