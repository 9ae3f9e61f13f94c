import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { usePageTitle } from '../../ui/page-header.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { SignInFrame } from './sign-in-frame.tsx';

/** Where invitation and reset links lead: a password is chosen, once. The secret is behind the `#`, which browsers send to nobody. */
export function WelcomePage() {
  const t = useMessages().session;
  usePageTitle(t.choose);
  const [token] = useState(() => location.hash.slice(1));
  const link = useQuery({
    queryKey: ['account-link', token],
    queryFn: ({ signal }) => call(operations.accountInspectLink, { token }, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <SignInFrame title={t.choose}>
      {link.isPending && <Skeleton variant="rounded" height={120} />}
      {link.error && <ErrorNotice error={link.error} />}
      {link.data && <PasswordForm token={token} email={link.data.email} />}
    </SignInFrame>
  );
}

function PasswordForm({ token, email }: { readonly token: string; readonly email: string }) {
  const t = useMessages().session;
  const router = useRouter();
  const toasts = useToasts();
  const [password, setPassword] = useState('');
  const redeem = useMutation({
    mutationFn: () => call(operations.accountRedeemLink, { token, password }),
    onSuccess: async () => {
      toasts.success(t.chosen);
      await router.navigate({ to: '/login', replace: true });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    redeem.mutate();
  };
  return (
    <Box component="form" onSubmit={submit} sx={{ display: 'grid', gap: 5 }}>
      <Typography color="textSecondary">
        {t.for} <strong>{email}</strong>
      </Typography>
      {/* Tells password managers whose password this is. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <PasswordField value={password} onChange={setPassword} purpose="new-password" help={t.passwordHelp} />
      {redeem.error && <ErrorNotice error={redeem.error} />}
      <Button type="submit" variant="contained" size="large" loading={redeem.isPending} fullWidth>
        {t.setPassword}
      </Button>
    </Box>
  );
}
