import HideIcon from '@mui/icons-material/VisibilityOffOutlined';
import ShowIcon from '@mui/icons-material/VisibilityOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import Paper from '@mui/material/Paper';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { BrandMark } from '../../ui/brand.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { usePageTitle } from '../../ui/page-header.tsx';
import { rememberSignedIn } from './session-query.ts';

const login = getRouteApi('/login');

/** Sign-in with the admin e-mail and password; the server sets the session cookie. */
export function LoginPage() {
  usePageTitle('Sign in');
  return (
    <Box component="main" sx={{ minHeight: '100dvh', display: 'grid', placeItems: 'center', px: 4, py: 8, boxSizing: 'border-box' }}>
      <Box sx={{ width: '100%', maxWidth: 384 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, mb: 6, justifyContent: 'center' }}>
          <BrandMark size={32} />
          <Typography sx={{ fontSize: 16, fontWeight: 600 }}>Supastorj</Typography>
        </Box>
        <Paper variant="outlined" sx={{ p: { xs: 5, sm: 7 }, borderRadius: 1.5 }}>
          <Typography variant="h1" sx={{ mb: 5 }}>
            Sign in
          </Typography>
          <LoginForm />
        </Paper>
        <Typography variant="body2" color="textSecondary" sx={{ mt: 5, textAlign: 'center', textWrap: 'balance' }}>
          No password at hand? On the server,{' '}
          <Box component="code" sx={{ fontFamily: MONO, fontSize: 12, whiteSpace: 'nowrap' }}>
            supastor status --show-secrets
          </Box>{' '}
          prints it.
        </Typography>
      </Box>
    </Box>
  );
}

function LoginForm() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email: email.trim(), password });
  };
  return (
    <Box component="form" onSubmit={submit} sx={{ display: 'grid', gap: 5 }}>
      <TextField
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username"
        autoFocus
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        slotProps={{ inputLabel: { required: false } }}
      />
      <PasswordField value={password} onChange={setPassword} />
      {signIn.error && <ErrorNotice error={loginError(signIn.error)} />}
      <Button type="submit" variant="contained" size="large" loading={signIn.isPending} fullWidth>
        Sign in
      </Button>
    </Box>
  );
}

function PasswordField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [shown, setShown] = useState(false);
  return (
    <TextField
      label="Password"
      type={shown ? 'text' : 'password'}
      name="password"
      autoComplete="current-password"
      required
      value={value}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{
        inputLabel: { required: false },
        input: {
          endAdornment: (
            <InputAdornment position="end">
              <IconButton edge="end" size="small" aria-label={shown ? 'Hide password' : 'Show password'} onClick={() => setShown(!shown)}>
                {shown ? <HideIcon fontSize="small" /> : <ShowIcon fontSize="small" />}
              </IconButton>
            </InputAdornment>
          ),
        },
      }}
    />
  );
}

function useSignIn() {
  const client = useQueryClient();
  const router = useRouter();
  const { to } = login.useSearch();
  return useMutation({
    mutationFn: (credentials: { readonly email: string; readonly password: string }) => call(operations.sessionLogin, credentials),
    onSuccess: async ({ email, role, expiresAt, permissions }) => {
      // The answer also has a bearer token for other clients; the browser keeps only the cookie.
      rememberSignedIn(true);
      client.setQueryData(keys.session, { email, role, expiresAt, permissions });
      await router.navigate({ href: to ?? '/', replace: true });
    },
  });
}

function loginError(error: Error): Error {
  if (!(error instanceof ApiError) || error.status !== 401) return error;
  return new ApiError({
    status: 401,
    code: error.code,
    message: 'E-mail or password is wrong.',
    hint: 'Both are in the .env file of the project.',
  });
}
