import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useEffect, useState } from 'react';
import { type AuditFilter, OUTCOMES, parseAuditFilter, PERIODS } from './audit-filter.ts';

interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}

const TYPING_MS = 300;

/** Narrows the trail; typing takes effect after a short pause. */
export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const set = (part: Readonly<Record<string, unknown>>) => onChange(parseAuditFilter({ ...filter, ...part }));
  return (
    <Box
      component="section"
      aria-label="Filters"
      sx={{
        display: 'grid',
        gap: 3,
        mb: 5,
        gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', md: 'repeat(5, minmax(0, 1fr)) auto' },
      }}
    >
      <TypedField label="Operation" value={filter.operation ?? ''} onChange={(operation) => set({ operation })} />
      <TypedField label="Resource" value={filter.resource ?? ''} onChange={(resource) => set({ resource })} />
      <TypedField label="Identity" value={filter.identity ?? ''} onChange={(identity) => set({ identity })} />
      <Choice
        label="Outcome"
        all="Any outcome"
        value={filter.outcome}
        options={Object.entries(OUTCOMES)}
        onChange={(outcome) => set({ outcome })}
      />
      <Choice
        label="Time"
        all="Any time"
        value={filter.within}
        options={Object.entries(PERIODS).map(([key, { label }]) => [key, label] as const)}
        onChange={(within) => set({ within })}
      />
      <Button color="inherit" onClick={() => onChange({})} disabled={Object.keys(filter).length === 0}>
        Clear
      </Button>
    </Box>
  );
}

interface TypedFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TypedField({ label, value, onChange }: TypedFieldProps) {
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

function Choice({ label, all, value, options, onChange }: ChoiceProps) {
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
