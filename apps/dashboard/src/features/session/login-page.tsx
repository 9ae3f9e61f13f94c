import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ApiError } from '../../api/api-error.ts';
import { call } from '../../api/call.ts';
import { methodsQuery } from '../../api/methods-query.ts';
import { operations } from '../../api/operations.ts';
import { signInWithPasskey } from '../../api/passkeys.ts';
import { CodeField } from '../../ui/code-field.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { usePageTitle } from '../../ui/page-header.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import type { Messages } from '../../messages/messages.ts';
import { SignInFrame } from './sign-in-frame.tsx';
import { leaveForProvider } from './sso.ts';
import { useEnter } from './use-enter.ts';

const login = getRouteApi('/login');

/** Sign-in with the admin e-mail and password; the server sets the session cookie. */
export function LoginPage() {
  const t = useMessages().session;
  usePageTitle(t.signIn);
  return (
    <SignInFrame
      title={t.signIn}
      foot={
        <Typography variant="body2" color="textSecondary" sx={{ mt: 5, textAlign: 'center', textWrap: 'balance' }}>
          {t.noPassword[0]}
          <Box component="code" sx={{ fontFamily: MONO, fontSize: 12, whiteSpace: 'nowrap' }}>
            supastor status --show-secrets
          </Box>
          {t.noPassword[1]}
        </Typography>
      }
    >
      <LoginForm />
      <OtherWays />
    </SignInFrame>
  );
}

function LoginForm() {
  const t = useMessages().session;
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const signIn = useSignIn();
  // Once asked for, the code stays asked for: a wrong one is answered like a wrong password.
  const [asked, setAsked] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const credentials = { email: email.trim(), password, ...(asked && { code }) };
    signIn.mutate(credentials, { onError: (error) => setAsked((before) => before || needsCode(error)) });
  };
  const back = () => {
    setAsked(false);
    setCode('');
    signIn.reset();
  };
  return (
    <Box component="form" onSubmit={submit} sx={{ display: 'grid', gap: 5 }}>
      {asked ? (
        <CodeField value={code} onChange={setCode} help={t.codeHelp} />
      ) : (
        <>
          <TextField
            label={t.email}
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
        </>
      )}
      {signIn.error && !needsCode(signIn.error) && <ErrorNotice error={asked ? signIn.error : loginError(signIn.error, t)} />}
      <Button type="submit" variant="contained" size="large" loading={signIn.isPending} fullWidth>
        {t.signIn}
      </Button>
      {asked && (
        <Button color="inherit" onClick={back}>
          {t.back}
        </Button>
      )}
    </Box>
  );
}

/** Ways in without a password, where there are any. */
function OtherWays() {
  const t = useMessages().session;
  const methods = useQuery(methodsQuery);
  const enter = useEnter();
  const { to } = login.useSearch();
  const { account } = useMessages();
  const passkey = useMutation({ mutationFn: () => signInWithPasskey(account.problems), onSuccess: (session) => enter(session, to) });
  const leave = useMutation({ mutationFn: (provider: string) => leaveForProvider(provider, to) });
  const providers = methods.data?.providers ?? [];
  const canUsePasskey = methods.data?.passkeys === true && 'PublicKeyCredential' in window;
  const error = passkey.error ?? leave.error;
  if (providers.length === 0 && !canUsePasskey) return null;
  return (
    <Box sx={{ display: 'grid', gap: 4, mt: 4 }}>
      <Divider>{t.or}</Divider>
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          variant="outlined"
          color="inherit"
          size="large"
          loading={leave.variables === id && (leave.isPending || leave.isSuccess)}
          onClick={() => leave.mutate(id)}
          fullWidth
        >
          {t.signInWith(name)}
        </Button>
      ))}
      {canUsePasskey && (
        <Button variant="outlined" color="inherit" size="large" loading={passkey.isPending} onClick={() => passkey.mutate()} fullWidth>
          {t.passkey}
        </Button>
      )}
      {error && <ErrorNotice error={error} />}
    </Box>
  );
}

interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly code?: string;
}

function useSignIn() {
  const enter = useEnter();
  const { to } = login.useSearch();
  return useMutation({
    mutationFn: (credentials: Credentials) => call(operations.sessionLogin, credentials),
    onSuccess: (session) => enter(session, to),
  });
}

function needsCode(error: Error): boolean {
  return error instanceof ApiError && error.code === 'SJ_CODE_NEEDED';
}

function loginError(error: Error, t: Messages['session']): Error {
  if (!(error instanceof ApiError) || error.status !== 401) return error;
  return new ApiError({
    status: 401,
    code: error.code,
    message: t.wrong,
    hint: t.wrongHint,
  });
}
