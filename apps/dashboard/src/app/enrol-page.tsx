import Typography from '@mui/material/Typography';
import { useRouter } from '@tanstack/react-router';
import { useMessages } from '../messages/locale-provider.tsx';
import { EnrolSteps } from '../features/account/enrol-steps.tsx';
import { SignInFrame } from '../features/session/sign-in-frame.tsx';
import { usePageTitle } from '../ui/page-header.tsx';

/** Where whoever needs a second factor and has none sets it up, before anything else. */
export function EnrolPage() {
  const t = useMessages().session;
  usePageTitle(t.enrol);
  const router = useRouter();
  return (
    <SignInFrame title={t.enrol}>
      <Typography color="textSecondary" sx={{ mb: 5 }}>
        {t.enrolText}
      </Typography>
      <EnrolSteps onDone={() => void router.navigate({ to: '/', replace: true })} />
    </SignInFrame>
  );
}
