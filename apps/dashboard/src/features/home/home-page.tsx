import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import { useQuery } from '@tanstack/react-query';
import { useMessages } from '../../messages/locale-provider.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ArrangeBar } from './arrange-bar.tsx';
import { FirstSteps } from './first-steps.tsx';
import { preferencesQuery } from './home-queries.ts';
import { type Arranging, useArranging } from './use-arranging.ts';
import { WidgetGrid } from './widget-grid.tsx';

/** What one wants to see first: how things are, arranged by whoever looks. */
export function HomePage() {
  const t = useMessages().home;
  const preferences = useQuery(preferencesQuery);
  const arranging = useArranging(preferences.data?.home ?? null);
  return (
    <>
      <PageHeader title={t.title}>{preferences.data && <ArrangeBar arranging={arranging} />}</PageHeader>
      {preferences.data?.startDismissed === false && <FirstSteps />}
      {preferences.error && !preferences.data && (
        <Box sx={{ mb: 5 }}>
          <ErrorNotice error={preferences.error} onRetry={() => void preferences.refetch()} />
        </Box>
      )}
      {preferences.isPending ? <Skeleton variant="rounded" height={420} /> : <Widgets arranging={arranging} />}
    </>
  );
}

function Widgets({ arranging }: { readonly arranging: Arranging }) {
  const t = useMessages().home;
  if (arranging.layout.length === 0) return <EmptyState title={t.empty} text={t.emptyText} />;
  return <WidgetGrid arranging={arranging} />;
}
