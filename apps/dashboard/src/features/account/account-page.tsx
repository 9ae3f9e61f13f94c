import { PageHeader } from '../../ui/page-header.tsx';
import { OwnSessionsSection } from './own-sessions-section.tsx';
import { PasskeysSection } from './passkeys-section.tsx';
import { SecondFactorSection } from './second-factor-section.tsx';

/** How one signs in oneself. */
export function AccountPage() {
  return (
    <>
      <PageHeader title="Account" text="How you sign in, and where you are signed in." />
      <SecondFactorSection />
      <PasskeysSection />
      <OwnSessionsSection />
    </>
  );
}
