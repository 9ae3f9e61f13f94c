import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import type { SsoProviderView } from '@supastor/contract/wire/sso';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { LinesSkeleton } from '../../ui/section.tsx';
import { ProviderCheck } from './provider-check.tsx';
import { ProviderRoles } from './provider-roles.tsx';
import { ProviderSource } from './provider-source.tsx';

const providersQuery = queryOptions({
  queryKey: keys.sso,
  queryFn: ({ signal }) => call(operations.ssoList, {}, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

interface ProviderDialogProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** How a provider of single sign-on is configured, where that comes from, and whether the provider answers. */
export function ProviderDialog({ id, onClose }: ProviderDialogProps) {
  const t = useMessages().access.sso;
  const titleId = useId();
  const list = useQuery(providersQuery);
  const provider = list.data?.providers.find((each) => each.id === id);
  const check = useMutation({ mutationFn: () => call(operations.ssoCheck, { provider: id }) });
  const status = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // What was asked for stands below all facts.
    if (check.status !== 'idle') status.current?.scrollIntoView({ block: 'nearest' });
  }, [check.status]);
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{provider?.name ?? id}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        {list.error && !list.data && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
        {list.isPending && <LinesSkeleton />}
        {provider && <ProviderFacts provider={provider} />}
        {provider && <ProviderRoles provider={provider} />}
        <ProviderSource />
        <Box role="status" ref={status}>
          {check.isPending && <Typography color="textSecondary">{t.testing}</Typography>}
          {check.data && <ProviderCheck result={check.data} />}
        </Box>
        {check.error && <ErrorNotice error={check.error} />}
        {list.data && !provider && <Alert severity="info">{t.gone(id)}</Alert>}
      </DialogContent>
      <DialogActions>
        <Button disabled={!provider || check.isPending} onClick={() => check.mutate()} sx={{ mr: 'auto' }}>
          {t.test}
        </Button>
        <Button color="inherit" onClick={onClose}>
          {t.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function ProviderFacts({ provider }: { readonly provider: SsoProviderView }) {
  const t = useMessages().access.sso;
  const { issuer, clientId, redirectUrl, scopes, domains, createUsers, linkUsers, allowPrivate, maxAgeSeconds } = provider;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t.issuer, issuer],
    [t.clientId, clientId],
    [t.clientSecret, t.hidden],
    [
      t.redirect,
      <Box key="redirect" component="span" sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <span>
          {redirectUrl}
          <Typography variant="caption" component="span" color="textSecondary" sx={{ display: 'block' }}>
            {t.redirectHelp}
          </Typography>
        </span>
        <CopyButton text={redirectUrl} label={t.copyRedirect} />
      </Box>,
    ],
    [t.scopes, scopes.join(' ')],
    [t.domains, domains.length === 0 ? t.everyDomain : domains.join(', ')],
    [t.maxAge, t.maxAgeHours(maxAgeSeconds / 3600)],
    [t.createUsers, createUsers ? t.createYes : t.createNo],
    [t.linkUsers, linkUsers ? t.linkYes : t.linkNo],
    [t.allowPrivate, allowPrivate ? t.allowYes : t.allowNo],
  ];
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'minmax(0, 1fr) minmax(0, 2fr)' },
        columnGap: 4,
        rowGap: 2,
      }}
    >
      {facts.map(([name, value]) => (
        <Box key={name} sx={{ display: 'contents' }}>
          <Box component="dt" sx={{ color: 'text.secondary' }}>
            {name}
          </Box>
          <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            {value}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
