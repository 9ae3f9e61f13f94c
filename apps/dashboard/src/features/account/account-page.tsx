import { PageHeader } from '../../ui/page-header.tsx';
import { PasskeysSection } from './passkeys-section.tsx';
import { SecondFactorSection } from './second-factor-section.tsx';

/** How one signs in oneself. */
export function AccountPage() {
  return (
    <>
      <PageHeader title="Account" text="How you sign in." />
      <SecondFactorSection />
      <PasskeysSection />
    </>
  );
}
