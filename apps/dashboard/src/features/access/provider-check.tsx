import Alert from '@mui/material/Alert';
import Typography from '@mui/material/Typography';
import type { SsoCheck } from '@supastor/contract/wire/sso';
import { useMessages } from '../../messages/locale-provider.tsx';

/** What came of asking a provider, and what to do about it. */
export function ProviderCheck({ result: { problem, hint, endpoints } }: { readonly result: SsoCheck }) {
  const t = useMessages().access.sso;
  if (endpoints === null) {
    return (
      <Alert severity="error" sx={{ overflowWrap: 'anywhere' }}>
        {problem}
        <Typography variant="body2">{hint}</Typography>
      </Alert>
    );
  }
  return (
    <Alert severity={endpoints.unknownScopes.length > 0 ? 'warning' : 'success'} sx={{ overflowWrap: 'anywhere' }}>
      {t.works(endpoints.issuer)} {t.secretUntested}
      {endpoints.unknownScopes.length > 0 && <Typography variant="body2">{t.unknownScopes(endpoints.unknownScopes.join(', '))}</Typography>}
      {endpoints.signOut === null && <Typography variant="body2">{t.noSignOut}</Typography>}
    </Alert>
  );
}
