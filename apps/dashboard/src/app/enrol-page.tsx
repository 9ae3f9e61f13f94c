import Typography from '@mui/material/Typography';
import { useRouter } from '@tanstack/react-router';
import { EnrolSteps } from '../features/account/enrol-steps.tsx';
import { SignInFrame } from '../features/session/sign-in-frame.tsx';
import { usePageTitle } from '../ui/page-header.tsx';

/** Where whoever needs a second factor and has none sets it up, before anything else. */
export function EnrolPage() {
  usePageTitle('Set up a second factor');
  const router = useRouter();
  return (
    <SignInFrame title="Set up a second factor">
      <Typography color="textSecondary" sx={{ mb: 5 }}>
        Your role asks for a second factor besides the password.
      </Typography>
      <EnrolSteps onDone={() => void router.navigate({ to: '/', replace: true })} />
    </SignInFrame>
  );
}
