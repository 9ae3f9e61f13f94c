import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { createLink } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { StatusDot, type Tone } from '../../../ui/status-dot.tsx';

export const RouteLink = createLink(Link);

interface RecentItem {
  readonly id: string;
  readonly tone: Tone;
  /** What the colour says. */
  readonly state: string;
  readonly title: string;
  readonly detail: string;
  readonly at: string;
}

interface RecentListProps {
  readonly items: readonly RecentItem[] | undefined;
  readonly none: string;
  readonly foot: ReactNode;
}

/** What happened lately, a line each; the frame cuts off what does not fit. */
export function RecentList({ items, none, foot }: RecentListProps) {
  return (
    <>
      <Box component="ul" sx={{ m: 0, p: 0, mt: 1, listStyle: 'none', flex: 1, minHeight: 0, overflow: 'hidden' }}>
        {items === undefined && [0, 1, 2, 3].map((index) => <Skeleton key={index} component="li" height={26} />)}
        {items?.length === 0 && (
          <Typography component="li" variant="body2" color="textSecondary">
            {none}
          </Typography>
        )}
        {items?.map(({ id, tone, state, title, detail, at }) => (
          <Box
            key={id}
            component="li"
            sx={{
              display: 'grid',
              gridTemplateColumns: 'auto minmax(0, 1fr) auto',
              gap: 3,
              alignItems: 'center',
              height: 26,
              fontSize: 13,
            }}
          >
            <StatusDot tone={tone} label={state} />
            <Box sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
              {title}
              <Box component="span" sx={{ color: 'text.secondary', ml: 2 }}>
                {detail}
              </Box>
            </Box>
            <Typography variant="caption" color="textSecondary">
              <RelativeTime at={at} />
            </Typography>
          </Box>
        ))}
      </Box>
      <Box sx={{ fontSize: 12, pt: 1 }}>{foot}</Box>
    </>
  );
}
