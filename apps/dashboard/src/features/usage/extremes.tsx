import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { FoundObject } from '@supastor/contract/operations/catalogue';
import { useQuery } from '@tanstack/react-query';
import { createLink } from '@tanstack/react-router';
import { formatBytes } from '../../format/bytes.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Lines, Section } from '../../ui/section.tsx';
import { extremesQuery, type UsageQuestion } from './usage-queries.ts';

const RouteLink = createLink(Link);

/** The objects that are worth a look first: the largest, and those that nobody has changed for the longest time. */
export function Extremes({ question }: { readonly question: UsageQuestion }) {
  const t = useMessages().usage;
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: '1fr 1fr' }, columnGap: 6, mt: 7 }}>
      <ExtremeList title={t.largest} sort="largest" question={question} />
      <ExtremeList title={t.longestUnchanged} sort="oldest" question={question} />
    </Box>
  );
}

interface ExtremeListProps {
  readonly title: string;
  readonly sort: 'largest' | 'oldest';
  readonly question: UsageQuestion;
}

function ExtremeList({ title, sort, question }: ExtremeListProps) {
  const found = useQuery(extremesQuery(question, sort));
  return (
    <Section title={title}>
      {found.error && <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton variant="rounded" height={200} />}
      {found.data && (
        <Lines label={title}>
          {found.data.objects.map((object) => (
            <ExtremeLine key={`${object.bucket}/${object.path}`} object={object} />
          ))}
        </Lines>
      )}
    </Section>
  );
}

function ExtremeLine({ object: { bucket, path, sizeBytes, updatedAt } }: { readonly object: FoundObject }) {
  const prefix = path.slice(0, path.lastIndexOf('/') + 1);
  return (
    <Box component="li" sx={{ px: 4, py: 2, display: 'flex', gap: 3, alignItems: 'baseline' }}>
      <RouteLink
        to="/buckets/$bucket"
        params={{ bucket }}
        search={{ ...(prefix === '' ? {} : { prefix }), object: path }}
        noWrap
        title={`${bucket}/${path}`}
        sx={{ flex: 1, minWidth: 0, fontSize: 13 }}
      >
        {bucket}/{path}
      </RouteLink>
      <Typography variant="caption" color="textSecondary" className="num" noWrap>
        {formatBytes(sizeBytes)}
      </Typography>
      <Typography variant="caption" color="textSecondary" noWrap sx={{ minWidth: 92, textAlign: 'right' }}>
        <RelativeTime at={updatedAt} />
      </Typography>
    </Box>
  );
}
