import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { usePageTitle } from '../../ui/page-header.tsx';
import { PasswordField } from './password-field.tsx';
import { rememberSignedIn } from './session-query.ts';
import { SignInFrame } from './sign-in-frame.tsx';

const login = getRouteApi('/login');

/** Sign-in with the admin e-mail and password; the server sets the session cookie. */
export function LoginPage() {
  usePageTitle('Sign in');
  return (
    <SignInFrame
      title="Sign in"
      foot={
        <Typography variant="body2" color="textSecondary" sx={{ mt: 5, textAlign: 'center', textWrap: 'balance' }}>
          No password at hand? On the server,{' '}
          <Box component="code" sx={{ fontFamily: MONO, fontSize: 12, whiteSpace: 'nowrap' }}>
            supastor status --show-secrets
          </Box>{' '}
          prints that of the administrator.
        </Typography>
      }
    >
      <LoginForm />
    </SignInFrame>
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

function useSignIn() {
  const client = useQueryClient();
  const router = useRouter();
  const { to } = login.useSearch();
  return useMutation({
    mutationFn: (credentials: { readonly email: string; readonly password: string }) => call(operations.sessionLogin, credentials),
    onSuccess: async ({ token: _token, ...session }) => {
      // The answer also has a bearer token for other clients; the browser keeps only the cookie.
      rememberSignedIn(true);
      client.setQueryData(keys.session, session);
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
    hint: 'Those of the administrator are in the .env file of the project.',
  });
}
