import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { LinesSkeleton, Section } from '../../ui/section.tsx';
import { TableFrame } from '../../ui/table-frame.tsx';
import { grantsQuery } from './database-queries.ts';

/** Which role holds what on the tables of a schema: a row per table, a column per role. */
export function GrantsSection({ schema }: { readonly schema: string }) {
  const t = useMessages().database;
  const grants = useQuery(grantsQuery(schema));
  const all = grants.data?.grants ?? [];
  const roles = [...new Set(all.map(({ role }) => role))].toSorted();
  const tables = [...new Set(all.map(({ table }) => table))].toSorted();
  const held = (table: string, role: string) => all.find((grant) => grant.table === table && grant.role === role)?.privileges ?? [];
  return (
    <Section title={t.grants}>
      {grants.error && !grants.data && <ErrorNotice error={grants.error} onRetry={() => void grants.refetch()} />}
      {grants.isPending && <LinesSkeleton />}
      {grants.data && all.length === 0 && <Typography color="textSecondary">{t.noGrants}</Typography>}
      {all.length > 0 && (
        <TableFrame label={t.grants}>
          <TableHead>
            <TableRow>
              <TableCell>{t.table}</TableCell>
              {roles.map((role) => (
                <TableCell key={role} sx={{ fontFamily: MONO }}>
                  {role}
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {tables.map((table) => (
              <TableRow key={table}>
                <TableCell component="th" scope="row" sx={{ fontFamily: MONO }}>
                  {table}
                </TableCell>
                {roles.map((role) => (
                  <TableCell key={role} sx={{ color: 'text.secondary', fontSize: 12, minWidth: 120 }}>
                    {held(table, role).join(', ').toLowerCase() || '–'}
                  </TableCell>
                ))}
              </TableRow>
            ))}
          </TableBody>
        </TableFrame>
      )}
    </Section>
  );
}
