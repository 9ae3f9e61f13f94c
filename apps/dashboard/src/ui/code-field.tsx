import { useMessages } from '../messages/locale-provider.tsx';
import TextField from '@mui/material/TextField';

interface CodeFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: string;
}

/** Six digits of an authenticator app. */
export function CodeField({ value, onChange, help }: CodeFieldProps) {
  const t = useMessages().common;
  return (
    <TextField
      label={t.code}
      name="code"
      autoComplete="one-time-code"
      autoFocus
      required
      value={value}
      onChange={(event) => onChange(event.target.value)}
      helperText={help}
      slotProps={{ inputLabel: { required: false }, htmlInput: { spellCheck: false, autoCapitalize: 'none', maxLength: 40 } }}
    />
  );
}
