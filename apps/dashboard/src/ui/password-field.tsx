import { useMessages } from '../messages/locale-provider.tsx';
import HideIcon from '@mui/icons-material/VisibilityOffOutlined';
import ShowIcon from '@mui/icons-material/VisibilityOutlined';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

interface PasswordFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** `new-password` lets password managers offer one. */
  readonly purpose?: 'current-password' | 'new-password';
  readonly help?: string;
}

/** A password, hidden until one wants to see it. */
export function PasswordField({ value, onChange, purpose = 'current-password', help }: PasswordFieldProps) {
  const t = useMessages().common;
  const [shown, setShown] = useState(false);
  return (
    <TextField
      label={t.password}
      type={shown ? 'text' : 'password'}
      name="password"
      autoComplete={purpose}
      required
      value={value}
      onChange={(event) => onChange(event.target.value)}
      helperText={help}
      slotProps={{
        inputLabel: { required: false },
        input: {
          endAdornment: (
            <InputAdornment position="end">
              <IconButton edge="end" size="small" aria-label={shown ? t.hidePassword : t.showPassword} onClick={() => setShown(!shown)}>
                {shown ? <HideIcon fontSize="small" /> : <ShowIcon fontSize="small" />}
              </IconButton>
            </InputAdornment>
          ),
        },
      }}
    />
  );
}
