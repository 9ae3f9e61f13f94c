import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useId } from 'react';
import { ErrorNotice } from './error-notice.tsx';

interface SectionProps {
  readonly title: string;
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of the page. */
export function Section({ title, action, children }: SectionProps) {
  const titleId = useId();
  return (
    <Box component="section" aria-labelledby={titleId} sx={{ mb: 9 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, mb: 3, minHeight: 36 }}>
        <Typography id={titleId} variant="h2" sx={{ flex: 1 }}>
          {title}
        </Typography>
        {action}
      </Box>
      {children}
    </Box>
  );
}

/** Lines under each other in a frame. */
export function Lines({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Paper
      component="ul"
      variant="outlined"
      aria-label={label}
      sx={{ m: 0, p: 0, listStyle: 'none', borderRadius: 1.5, overflow: 'hidden', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}
    >
      {children}
    </Paper>
  );
}

interface LineProps {
  readonly label: string;
  readonly title: ReactNode;
  readonly detail: ReactNode;
  readonly facts: ReactNode;
  readonly action: ReactNode;
  /** There is much to do: on a phone it stands below, so that the name keeps its room. */
  readonly actionBelow?: boolean;
}

/** One line: what it is, facts about it, what can be done. */
export function Line({ label, title, detail, facts, action, actionBelow = false }: LineProps) {
  return (
    <Box
      component="li"
      aria-label={label}
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr) auto', md: 'minmax(0, 1.2fr) minmax(0, 1fr) minmax(160px, auto)' },
        columnGap: 4,
        rowGap: 1,
        alignItems: 'center',
        px: 5,
        py: 'var(--line-y)',
      }}
    >
      <Box sx={{ minWidth: 0, gridColumn: { xs: actionBelow ? '1 / -1' : 'auto', md: 'auto' } }}>
        <Typography component="div" noWrap sx={{ fontSize: 13, fontWeight: 550, display: 'flex', alignItems: 'center', gap: 2 }}>
          {title}
        </Typography>
        <Typography variant="caption" component="div" color="textSecondary" noWrap>
          {detail}
        </Typography>
      </Box>
      <Typography
        variant="caption"
        component="div"
        color="textSecondary"
        sx={{ gridRow: { xs: 2, md: 'auto' }, gridColumn: { xs: '1 / -1', md: 'auto' } }}
      >
        {facts}
      </Typography>
      <Box
        sx={{
          gridRow: { xs: actionBelow ? 3 : 1, md: 'auto' },
          gridColumn: { xs: actionBelow ? '1 / -1' : 2, md: 'auto' },
          display: 'flex',
          flexWrap: 'wrap',
          gap: 1,
          justifyContent: { xs: actionBelow ? 'flex-start' : 'flex-end', md: 'flex-end' },
          mx: { xs: actionBelow ? -2 : 0, md: 0 },
          mr: -2,
        }}
      >
        {action}
      </Box>
    </Box>
  );
}

/** Lines of the right height while the answer is on its way. */
export function LinesSkeleton() {
  return (
    <Box aria-hidden sx={{ display: 'grid', gap: 1 }}>
      {[0, 1].map((index) => (
        <Skeleton key={index} variant="rounded" height={60} />
      ))}
    </Box>
  );
}

interface QueryLinesProps<T> {
  readonly label: string;
  readonly query: Pick<UseQueryResult<readonly T[]>, 'data' | 'error' | 'isPending' | 'refetch'>;
  /** Shown in place of the lines when there are none. */
  readonly none?: ReactNode;
  /** Draws a line of the list. */
  readonly children: (entry: T) => ReactNode;
}

/** A list from the server as lines: its failure, the wait for it, and that it is empty included. */
export function QueryLines<T>({ label, query, none, children }: QueryLinesProps<T>) {
  const { data, error, isPending } = query;
  return (
    <>
      {error && !data && <ErrorNotice error={error} onRetry={() => void query.refetch()} />}
      {isPending && <LinesSkeleton />}
      {data?.length === 0 && none}
      {data && data.length > 0 && <Lines label={label}>{data.map(children)}</Lines>}
    </>
  );
}
