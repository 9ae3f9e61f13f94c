import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { usePageTitle } from '../../ui/page-header.tsx';
import { SignInFrame } from './sign-in-frame.tsx';
import { finishAtServer, readSsoTicket } from './sso.ts';
import { useEnter } from './use-enter.ts';

/** Where a provider leads back to: its answer is sent to the server together with the ticket of this tab. */
export function SsoPage() {
  const t = useMessages().session;
  usePageTitle(t.signIn);
  const router = useRouter();
  const enter = useEnter();
  const [{ query, begun }] = useState(() => ({ query: location.search.slice(1), begun: readSsoTicket() }));
  const signIn = useQuery({
    queryKey: ['sso-finish', begun?.ticket ?? ''],
    queryFn: () => finishAtServer(begun?.ticket ?? '', query),
    enabled: begun !== null && query !== '',
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const session = signIn.data;
  useEffect(() => {
    if (session !== undefined) void enter(session, begun?.to);
  }, [session, begun, enter]);
  const lost = begun === null || query === '';
  return (
    <SignInFrame title={t.signIn}>
      {!lost && signIn.error === null && <Skeleton variant="rounded" height={120} />}
      {(lost || signIn.error !== null) && (
        <>
          <ErrorNotice error={signIn.error ?? new Error(t.lostSso)} />
          {begun === null && query !== '' && <CommandLineHint />}
          <Button variant="contained" fullWidth sx={{ mt: 5 }} onClick={() => void router.navigate({ to: '/login', replace: true })}>
            {t.backToSignIn}
          </Button>
        </>
      )}
    </SignInFrame>
  );
}

/** For whoever began with `supastor login --sso`: the command line waits for this address. */
function CommandLineHint() {
  const t = useMessages().session;
  return (
    <Box sx={{ display: 'grid', gap: 4, mt: 5 }}>
      <Typography variant="body2" color="textSecondary">
        {t.commandLine}
      </Typography>
      <CopyButton text={location.href} label={t.copyAddress} variant="outlined" />
    </Box>
  );
}
