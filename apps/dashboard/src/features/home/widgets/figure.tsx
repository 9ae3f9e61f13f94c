import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { MetricsOverview } from '@supastor/contract/wire/metrics';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { messageOf } from '../../../api/api-error.ts';
import { overviewQuery } from '../home-queries.ts';

interface FigureProps {
  readonly value: string;
  readonly text: ReactNode;
}

/** A large number with what it says below. */
export function Figure({ value, text }: FigureProps) {
  return (
    <Box sx={{ minWidth: 0, containerType: 'inline-size' }}>
      <Typography
        component="p"
        noWrap
        className="num"
        // Where two stand side by side, a long figure with its unit is set smaller, and never cut off.
        sx={{
          fontSize: `clamp(15px, ${Math.round(165 / Math.max(1, value.length))}cqi, 24px)`,
          lineHeight: '32px',
          fontWeight: 600,
          letterSpacing: '-0.02em',
        }}
      >
        {value}
      </Typography>
      <Typography variant="caption" component="p" color="textSecondary" noWrap sx={{ minHeight: 17 }}>
        {text}
      </Typography>
    </Box>
  );
}

/** Draws with the overview once it is there; until then room is kept, and a failure is said in words. */
export function WithOverview({ children }: { readonly children: (overview: MetricsOverview) => ReactNode }) {
  const { data, error } = useQuery(overviewQuery);
  if (data) return children(data);
  if (error) return <Failure error={error} />;
  return (
    <Box aria-hidden>
      <Skeleton width={96} height={32} />
      <Skeleton width={140} height={17} />
    </Box>
  );
}

/** A widget that could not be filled. */
export function Failure({ error }: { readonly error: unknown }) {
  return (
    <Typography variant="caption" color="error" sx={{ mt: 1 }}>
      {messageOf(error)}
    </Typography>
  );
}
