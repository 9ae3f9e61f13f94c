import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useQuery } from '@tanstack/react-query';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { LinesSkeleton, Section } from '../../ui/section.tsx';
import { TableFrame } from '../../ui/table-frame.tsx';
import { rolesQuery } from './database-queries.ts';

/** Roles of the database and what sets them apart. */
export function RolesSection() {
  const t = useMessages().database;
  const roles = useQuery(rolesQuery);
  const yesNo = (value: boolean) => (value ? t.yes : '–');
  return (
    <Section title={t.roles}>
      {roles.error && !roles.data && <ErrorNotice error={roles.error} onRetry={() => void roles.refetch()} />}
      {roles.isPending && <LinesSkeleton />}
      {roles.data && (
        <TableFrame label={t.roles}>
          <TableHead>
            <TableRow>
              <TableCell>{t.role}</TableCell>
              <TableCell>{t.signsIn}</TableCell>
              <TableCell>{t.superuser}</TableCell>
              <TableCell>{t.bypasses}</TableCell>
              <TableCell align="right">{t.connections}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {roles.data.roles.map((role) => (
              <TableRow key={role.name}>
                <TableCell component="th" scope="row" sx={{ fontFamily: MONO }}>
                  {role.name}
                </TableCell>
                <TableCell>{yesNo(role.canLogin)}</TableCell>
                <TableCell>{yesNo(role.isSuperuser)}</TableCell>
                <TableCell>{yesNo(role.bypassesRls)}</TableCell>
                <TableCell align="right" className="num">
                  {role.connectionLimit < 0
                    ? `${formatNumber(role.activeConnections)} (${t.unlimited})`
                    : t.of(formatNumber(role.activeConnections), formatNumber(role.connectionLimit))}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </TableFrame>
      )}
    </Section>
  );
}
