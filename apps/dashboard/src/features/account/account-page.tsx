import { useMessages } from '../../messages/locale-provider.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { OwnSessionsSection } from './own-sessions-section.tsx';
import { PasskeysSection } from './passkeys-section.tsx';
import { SecondFactorSection } from './second-factor-section.tsx';

/** How one signs in oneself. */
export function AccountPage() {
  const t = useMessages().account;
  return (
    <>
      <PageHeader title={t.account} text={t.accountText} />
      <SecondFactorSection />
      <PasskeysSection />
      <OwnSessionsSection />
    </>
  );
}
