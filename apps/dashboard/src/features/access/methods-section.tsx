import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { methodsQuery } from '../../api/methods-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Line, Lines, LinesSkeleton, Section } from '../../ui/section.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { ProviderDialog } from './provider-dialog.tsx';

/** How people can sign in here, and what turns on what is off; all of it is configuration, which is shown to whoever may read it. */
export function MethodsSection() {
  const { methods: t, sso } = useMessages().access;
  const [open, setOpen] = useState<string | null>(null);
  const mayRead = useQuery(heldPermissionsQuery).data?.includes('settings:read') === true;
  const methods = useQuery(methodsQuery);
  const line = (name: string, isOn: boolean, detail: string, action: ReactNode = null) => (
    <Line
      key={name}
      label={name}
      title={
        <>
          <StatusDot tone={isOn ? 'success' : 'neutral'} />
          {name}
        </>
      }
      detail={detail}
      facts={isOn ? t.on : t.off}
      action={action}
    />
  );
  return (
    <Section title={t.title}>
      {methods.error && !methods.data && <ErrorNotice error={methods.error} onRetry={() => void methods.refetch()} />}
      {methods.isPending && <LinesSkeleton />}
      {methods.data && (
        <Lines label={t.title}>
          {line(t.password, true, t.passwordText)}
          {line(t.passkeys, methods.data.passkeys, methods.data.passkeys ? t.passkeysText : t.passkeysOff)}
          {methods.data.providers.map(({ id, name }) =>
            line(
              name,
              true,
              t.providerText(id),
              mayRead && (
                <Button size="small" color="inherit" aria-label={sso.detailsOf(name)} onClick={() => setOpen(id)}>
                  {sso.details}
                </Button>
              ),
            ),
          )}
          {methods.data.providers.length === 0 && line(t.sso, false, t.ssoOff)}
        </Lines>
      )}
      {open !== null && <ProviderDialog id={open} onClose={() => setOpen(null)} />}
    </Section>
  );
}
