import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { Setting } from '@supastor/contract/wire/setting';
import { useMessages } from '../../messages/locale-provider.tsx';
import { MONO } from '../../ui/fonts.ts';

interface ValueFieldProps {
  readonly setting: Setting;
  readonly value: string;
  /** Why the value cannot be taken; null: it can. */
  readonly problem: string | null;
  readonly onChange: (value: string) => void;
}

/** A new value: one of a few, or text. */
export function ValueField({ setting: { type, options, defaultValue }, value, problem, onChange }: ValueFieldProps) {
  const t = useMessages().settings;
  const help = [t.typeOf(type), ...(defaultValue === null ? [] : [t.defaultOf(defaultValue)])].join(' · ');
  return (
    <TextField
      label={t.newValue}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={problem !== null}
      helperText={problem ?? help}
      autoComplete="off"
      autoFocus
      select={options.length > 0}
      sx={{ mt: 1 }}
      slotProps={{
        htmlInput: {
          spellCheck: false,
          autoCapitalize: 'none',
          maxLength: 10_000,
          ...(options.length === 0 && { style: { fontFamily: MONO } }),
        },
        // A message that comes while one types is read out.
        formHelperText: { role: problem === null ? undefined : 'alert' },
      }}
    >
      {options.map((option) => (
        <MenuItem key={option} value={option}>
          {option}
        </MenuItem>
      ))}
    </TextField>
  );
}
