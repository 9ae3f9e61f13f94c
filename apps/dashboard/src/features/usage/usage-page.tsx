import UsageIcon from '@mui/icons-material/PieChartOutlined';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Skeleton from '@mui/material/Skeleton';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import type { usageGet } from '@supastor/contract/operations/catalogue';
import type { OperationOutput } from '@supastor/contract/operations/define';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { createLink, getRouteApi } from '@tanstack/react-router';
import { formatBytes } from '../../format/bytes.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { Messages } from '../../messages/messages.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { FixedTable } from '../../ui/table-frame.tsx';
import { Extremes } from './extremes.tsx';
import { QuotaBars } from './quota-bars.tsx';
import { Treemap, type TreemapItem } from './treemap.tsx';
import { type Group, groupOf, GROUPS, type UsageQuestion, usageQuery } from './usage-queries.ts';

const route = getRouteApi('/signed-in/usage');
const RouteLink = createLink(Link);

/** What takes the room: by bucket, folder, type, owner or age. */
export function UsagePage() {
  const t = useMessages().usage;
  const question = route.useSearch();
  const navigate = route.useNavigate();
  const group = groupOf(question);
  const usage = useQuery({ ...usageQuery(question), placeholderData: keepPreviousData });
  const { data } = usage;
  return (
    <>
      <PageHeader title={t.usage} text={<Where question={question} />}>
        <ToggleButtonGroup
          exclusive
          size="small"
          aria-label={t.groupBy}
          value={group}
          onChange={(_, by: Group | null) => by && void navigate({ search: { ...question, by }, replace: true })}
        >
          {GROUPS.filter((each) => each !== (question.bucket === undefined ? 'folder' : 'bucket')).map((each) => (
            <ToggleButton key={each} value={each}>
              {t.groups[each]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </PageHeader>
      {usage.error && <ErrorNotice error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.isPending && <Skeleton variant="rounded" height={240} />}
      {data && data.groups.length === 0 && <EmptyState icon={<UsageIcon />} title={t.none} text={t.noneText} />}
      {data && data.groups.length > 0 && (
        <>
          <Typography color="textSecondary" sx={{ mb: 4 }} className="num">
            {t.total(formatBytes(data.total.bytes), formatNumber(data.total.objects))}
          </Typography>
          <Treemap items={itemsOf(t, data, group, question)} />
          <FixedTable label={t.usage}>
            <TableHead>
              <TableRow>
                <TableCell>{t.groups[group]}</TableCell>
                <TableCell sx={{ display: { xs: 'none', sm: 'table-cell' } }}>{t.share}</TableCell>
                <TableCell align="right" sx={{ width: 104 }}>
                  {t.size}
                </TableCell>
                <TableCell align="right" sx={{ width: 96 }}>
                  {t.objects}
                </TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {data.groups.map((each) => (
                <UsageRow
                  key={each.key}
                  name={each.key}
                  objects={each.objects}
                  bytes={each.bytes}
                  group={group}
                  question={question}
                  totalBytes={data.total.bytes}
                />
              ))}
              {data.rest.objects > 0 && (
                <UsageRow {...data.rest} name={null} group={group} question={question} totalBytes={data.total.bytes} />
              )}
            </TableBody>
          </FixedTable>
          <Extremes question={question} />
          <QuotaBars bucket={question.bucket} />
        </>
      )}
    </>
  );
}

/** The groups as tiles; buckets and folders lead inside. */
type Words = Messages['usage'];

function itemsOf(
  t: Words,
  { groups, rest }: OperationOutput<typeof usageGet>,
  group: Group,
  question: UsageQuestion,
): readonly TreemapItem[] {
  const { bucket, prefix = '' } = question;
  const items = groups.map(({ key, bytes }): TreemapItem => {
    const item = { key, bytes, label: labelOf(t, key, group) };
    if (group === 'bucket') return { ...item, to: { bucket: key } };
    return group === 'folder' && key.endsWith('/') && bucket !== undefined ? { ...item, to: { bucket, prefix: prefix + key } } : item;
  });
  return rest.bytes === 0 ? items : [...items, { key: '\n', label: t.rest, bytes: rest.bytes }];
}

function labelOf(t: Words, key: string, group: Group): string {
  if (group === 'age') return Object.entries(t.ages).find(([age]) => age === key)?.[1] ?? key;
  return group === 'owner' && key === '' ? t.nobody : key;
}

function Where({ question: { bucket, prefix = '' } }: { readonly question: UsageQuestion }) {
  const t = useMessages().usage;
  if (bucket === undefined) return t.allBuckets;
  const parts = prefix.split('/').filter((part) => part !== '');
  return (
    <Box component="nav" aria-label={t.where} sx={{ overflowWrap: 'anywhere' }}>
      <RouteLink to="/usage" search={{}}>
        {t.allBuckets}
      </RouteLink>
      {' / '}
      <RouteLink to="/usage" search={{ bucket }}>
        {bucket}
      </RouteLink>
      {parts.map((part, index) => (
        <span key={`${index}${part}`}>
          {' / '}
          <RouteLink to="/usage" search={{ bucket, prefix: `${parts.slice(0, index + 1).join('/')}/` }}>
            {part}
          </RouteLink>
        </span>
      ))}
    </Box>
  );
}

interface UsageRowProps {
  /** Null: what the other rows leave out. */
  readonly name: string | null;
  readonly objects: number;
  readonly bytes: number;
  readonly group: Group;
  readonly question: UsageQuestion;
  readonly totalBytes: number;
}

function UsageRow({ name, objects, bytes, group, question, totalBytes }: UsageRowProps) {
  const t = useMessages().usage;
  const share = totalBytes === 0 ? 0 : bytes / totalBytes;
  return (
    <TableRow hover>
      <TableCell sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontWeight: 550 }}>
        {name === null ? t.rest : <Name name={name} group={group} question={question} />}
      </TableCell>
      <TableCell sx={{ display: { xs: 'none', sm: 'table-cell' } }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 3 }}>
          <Box aria-hidden sx={{ flex: 1, height: 8, borderRadius: 1, bgcolor: 'action.hover', overflow: 'hidden' }}>
            <Box sx={{ height: '100%', width: `${share * 100}%`, bgcolor: 'primary.main', borderRadius: 1 }} />
          </Box>
          <Box component="span" className="num" sx={{ width: 48, textAlign: 'right', color: 'text.secondary' }}>
            {(share * 100).toFixed(share < 0.1 ? 1 : 0)} %
          </Box>
        </Box>
      </TableCell>
      <TableCell align="right" className="num">
        {formatBytes(bytes)}
      </TableCell>
      <TableCell align="right" className="num">
        {formatNumber(objects)}
      </TableCell>
    </TableRow>
  );
}

/** A group; buckets and folders lead inside. */
function Name({ name, group, question }: Pick<UsageRowProps, 'group' | 'question'> & { readonly name: string }) {
  const t = useMessages().usage;
  if (group === 'age' || group === 'owner') return labelOf(t, name, group);
  if (group === 'bucket') {
    return (
      <RouteLink to="/usage" search={{ bucket: name }}>
        {name}
      </RouteLink>
    );
  }
  if (group !== 'folder' || !name.endsWith('/') || question.bucket === undefined) return name;
  return (
    <RouteLink to="/usage" search={{ bucket: question.bucket, prefix: (question.prefix ?? '') + name }}>
      {name}
    </RouteLink>
  );
}
