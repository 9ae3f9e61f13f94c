import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useMessages } from '../messages/locale-provider.tsx';
import { ErrorNotice } from '../ui/error-notice.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

/** Shown for an address that names no page. */
export function NotFoundPage() {
  const t = useMessages().shell.notFound;
  return (
    <Centered>
      <EmptyState title={t.title} text={t.text}>
        <Button href="/" variant="contained">
          {t.go}
        </Button>
      </EmptyState>
    </Centered>
  );
}

/** Shown when a page could not be loaded: what happened, and a way to try again. */
export function RouteErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Centered>
      <Box sx={{ maxWidth: 480, width: '100%' }}>
        <ErrorNotice error={error} onRetry={retry} />
      </Box>
    </Centered>
  );
}

function Centered({ children }: { readonly children: React.ReactNode }) {
  return <Box sx={{ minHeight: '100%', display: 'grid', placeItems: 'center', p: 6 }}>{children}</Box>;
}
