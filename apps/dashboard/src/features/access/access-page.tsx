import { useMessages } from '../../messages/locale-provider.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ExplainSection } from './explain-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { MethodsSection } from './methods-section.tsx';
import { RolesSection } from './roles-section.tsx';
import { S3KeysSection } from './s3-keys-section.tsx';
import { SessionsSection } from './sessions-section.tsx';
import { UsersSection } from './users-section.tsx';

/** Who and what may talk to this installation: people, their sessions, keys of programs. */
export function AccessPage() {
  const t = useMessages().people;
  return (
    <>
      <PageHeader title={t.access} text={t.accessText} />
      <UsersSection />
      <RolesSection />
      <ExplainSection />
      <MethodsSection />
      <SessionsSection />
      <KeysSection />
      <S3KeysSection />
    </>
  );
}
