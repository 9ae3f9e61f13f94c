import { PageHeader } from '../../ui/page-header.tsx';
import { KeysSection } from './keys-section.tsx';
import { SessionsSection } from './sessions-section.tsx';

/** Who and what may talk to this installation: sessions of people, keys of programs. */
export function AccessPage() {
  return (
    <>
      <PageHeader title="Access" text="Who is signed in, and which programs hold a key." />
      <SessionsSection />
      <KeysSection />
    </>
  );
}
