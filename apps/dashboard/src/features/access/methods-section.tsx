import { useQuery } from '@tanstack/react-query';
import { methodsQuery } from '../../api/methods-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Line, Lines, LinesSkeleton, Section } from '../../ui/section.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';

/** How people can sign in here, and what turns on what is off; all of it is configuration. */
export function MethodsSection() {
  const t = useMessages().access.methods;
  const methods = useQuery(methodsQuery);
  const line = (name: string, isOn: boolean, detail: string) => (
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
      action={null}
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
          {methods.data.providers.map(({ id, name }) => line(name, true, t.providerText(id)))}
          {methods.data.providers.length === 0 && line(t.sso, false, t.ssoOff)}
        </Lines>
      )}
    </Section>
  );
}
