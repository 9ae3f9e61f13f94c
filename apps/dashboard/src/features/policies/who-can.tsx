import Paper from '@mui/material/Paper';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { OperationOutput } from '@supastor/contract/operations/define';
import type { policiesWhoCan } from '@supastor/contract/operations/policies';
import { formatDateTime } from '../../format/time.ts';
import { StatusDot } from '../../ui/status-dot.tsx';

/** Each kind of caller, whether it may, and through what. */
export function WhoCan({ answer }: { readonly answer: OperationOutput<typeof policiesWhoCan> }) {
  return (
    <Paper variant="outlined" sx={{ borderRadius: 1.5, overflowX: 'auto' }}>
      <Table aria-label="Who can" sx={{ '& tbody tr:last-of-type td': { borderBottom: 0 } }}>
        <TableHead>
          <TableRow>
            <TableCell>Who</TableCell>
            <TableCell>May</TableCell>
            <TableCell>Why</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {answer.identities.map(({ role, subject, label, allowed, reason }) => (
            <TableRow key={`${role}${subject ?? ''}`}>
              <TableCell>{label}</TableCell>
              <TableCell>
                <StatusDot tone={allowed ? 'success' : 'error'} /> {allowed ? 'Yes' : 'No'}
              </TableCell>
              <TableCell sx={{ color: 'text.secondary' }}>{reason}</TableCell>
            </TableRow>
          ))}
          {answer.s3Keys.map(({ accessKeyId, name, allowed, reason }) => (
            <TableRow key={accessKeyId}>
              <TableCell>S3 key “{name}”</TableCell>
              <TableCell>
                <StatusDot tone={allowed ? 'success' : 'error'} /> {allowed ? 'Yes' : 'No'}
              </TableCell>
              <TableCell sx={{ color: 'text.secondary' }}>{reason}</TableCell>
            </TableRow>
          ))}
          {answer.links.map(({ id, expiresAt, hits }) => (
            <TableRow key={id}>
              <TableCell>Whoever has a signed link</TableCell>
              <TableCell>
                <StatusDot tone="success" /> Yes
              </TableCell>
              <TableCell sx={{ color: 'text.secondary' }}>
                until {formatDateTime(expiresAt)}, used {hits} {hits === 1 ? 'time' : 'times'} so far
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Paper>
  );
}
