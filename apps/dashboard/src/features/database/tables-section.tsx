import OpenIcon from '@mui/icons-material/ExpandMoreOutlined';
import Box from '@mui/material/Box';
import Collapse from '@mui/material/Collapse';
import IconButton from '@mui/material/IconButton';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { DatabaseTable } from '@supastor/contract/operations/database';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { formatBytes } from '../../format/bytes.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { LinesSkeleton, Section } from '../../ui/section.tsx';
import { StatusDot } from '../../ui/status-dot.tsx';
import { TableFrame } from '../../ui/table-frame.tsx';
import { tablesQuery } from './database-queries.ts';

const WIDE = { display: { xs: 'none', md: 'table-cell' } } as const;

/** Tables of a schema; each opens to show its columns. */
export function TablesSection({ schema }: { readonly schema: string }) {
  const t = useMessages().database;
  const tables = useQuery(tablesQuery(schema));
  return (
    <Section title={t.tables}>
      {tables.error && !tables.data && <ErrorNotice error={tables.error} onRetry={() => void tables.refetch()} />}
      {tables.isPending && <LinesSkeleton />}
      {tables.data?.tables.length === 0 && <Typography color="textSecondary">{t.noTables}</Typography>}
      {tables.data && tables.data.tables.length > 0 && (
        <TableFrame label={t.tables}>
          <TableHead>
            <TableRow>
              <TableCell>{t.table}</TableCell>
              <TableCell>{t.rls}</TableCell>
              <TableCell align="right" sx={WIDE}>
                {t.rows}
              </TableCell>
              <TableCell align="right" sx={WIDE}>
                {t.size}
              </TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {tables.data.tables.map((table) => (
              <TableLine key={table.name} table={table} />
            ))}
          </TableBody>
        </TableFrame>
      )}
    </Section>
  );
}

function TableLine({ table }: { readonly table: DatabaseTable }) {
  const t = useMessages().database;
  const [open, setOpen] = useState(false);
  const rows = formatNumber(Math.max(0, table.rows));
  const size = formatBytes(table.sizeBytes);
  return (
    <Fragment>
      <TableRow sx={{ '& > td': { borderBottom: open ? 0 : undefined } }}>
        <TableCell component="th" scope="row">
          <Box sx={{ display: 'flex', alignItems: 'center' }}>
            <IconButton
              size="small"
              aria-expanded={open}
              aria-label={t.show(table.name)}
              onClick={() => setOpen(!open)}
              sx={{ ml: -2, mr: 1, transform: open ? 'none' : 'rotate(-90deg)' }}
            >
              <OpenIcon fontSize="small" />
            </IconButton>
            <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 3, minWidth: 0 }}>
              <Box component="span" sx={{ fontFamily: MONO, overflowWrap: 'anywhere' }}>
                <Breakable text={table.name} />
              </Box>
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {t.columns(table.columns.length)}
              </Box>
              <Box component="span" className="num" sx={{ color: 'text.secondary', display: { xs: 'block', md: 'none' }, width: '100%' }}>
                {t.rowsAndSize(rows, size)}
              </Box>
            </Box>
          </Box>
        </TableCell>
        <TableCell>
          <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
            <StatusDot tone={table.isSecured ? 'success' : 'warning'} />
            {table.isSecured ? t.on : t.off}
          </Box>
        </TableCell>
        <TableCell align="right" className="num" sx={WIDE}>
          {rows}
        </TableCell>
        <TableCell align="right" className="num" sx={WIDE}>
          {size}
        </TableCell>
      </TableRow>
      {open && (
        <TableRow>
          <TableCell colSpan={4} sx={{ pt: 0, maxWidth: 0 }}>
            <Collapse in appear>
              <Columns table={table} />
            </Collapse>
          </TableCell>
        </TableRow>
      )}
    </Fragment>
  );
}

function Columns({ table }: { readonly table: DatabaseTable }) {
  const t = useMessages().database;
  return (
    <Box sx={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={t.show(table.name)}>
      <Table size="small" aria-label={t.show(table.name)}>
        <TableHead>
          <TableRow>
            <TableCell>{t.column}</TableCell>
            <TableCell>{t.type}</TableCell>
            <TableCell>{t.nullable}</TableCell>
            <TableCell>{t.fallback}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {table.columns.map(({ name, type, isNullable, default: fallback }) => (
            <TableRow key={name}>
              <TableCell sx={{ fontFamily: MONO }}>
                {name}
                {table.primaryKey.includes(name) && (
                  <Box component="span" sx={{ color: 'text.secondary', ml: 2, fontSize: 12 }}>
                    {t.key}
                  </Box>
                )}
              </TableCell>
              <TableCell sx={{ fontFamily: MONO }}>{type}</TableCell>
              <TableCell>{isNullable ? t.yes : t.no}</TableCell>
              <TableCell sx={{ fontFamily: MONO, overflowWrap: 'anywhere' }}>{fallback ?? '–'}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
