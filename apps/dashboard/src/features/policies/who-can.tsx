import Paper from '@mui/material/Paper';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { OperationOutput } from '@supastor/contract/operations/define';
import type { policiesWhoCan } from '@supastor/contract/operations/policies';
import { formatDateTime } from '../../format/time.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';

/** Each kind of caller, whether it may, and through what. */
export function WhoCan({ answer }: { readonly answer: OperationOutput<typeof policiesWhoCan> }) {
  const t = useMessages().policies;
  return (
    <Paper variant="outlined" sx={{ borderRadius: 1.5, overflowX: 'auto' }}>
      <Table aria-label={t.whoCan} sx={{ '& tbody tr:last-of-type td': { borderBottom: 0 } }}>
        <TableHead>
          <TableRow>
            <TableCell>{t.who}</TableCell>
            <TableCell>{t.may}</TableCell>
            <TableCell>{t.why}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {answer.identities.map(({ role, subject, label, allowed, reason }) => (
            <TableRow key={`${role}${subject ?? ''}`}>
              <TableCell>{label}</TableCell>
              <TableCell>
                <StatusDot tone={allowed ? 'success' : 'error'} /> {allowed ? t.itMay : t.itMayNot}
              </TableCell>
              <TableCell sx={{ color: 'text.secondary' }}>{reason}</TableCell>
            </TableRow>
          ))}
          {answer.s3Keys.map(({ accessKeyId, name, allowed, reason }) => (
            <TableRow key={accessKeyId}>
              <TableCell>{t.s3Key(name)}</TableCell>
              <TableCell>
                <StatusDot tone={allowed ? 'success' : 'error'} /> {allowed ? t.itMay : t.itMayNot}
              </TableCell>
              <TableCell sx={{ color: 'text.secondary' }}>{reason}</TableCell>
            </TableRow>
          ))}
          {answer.links.map(({ id, expiresAt, hits }) => (
            <TableRow key={id}>
              <TableCell>{t.linkHolder}</TableCell>
              <TableCell>
                <StatusDot tone="success" /> {t.itMay}
              </TableCell>
              <TableCell sx={{ color: 'text.secondary' }}>{t.until(formatDateTime(expiresAt), hits)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Paper>
  );
}
