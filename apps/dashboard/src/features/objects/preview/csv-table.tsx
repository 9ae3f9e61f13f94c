import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import { parseCsv } from './csv.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';

const MAX_ROWS = 500;
const MAX_COLUMNS = 100;

/** Rows of a CSV under the names in its first line. */
export function CsvTable({ text, isCut }: { readonly text: string; readonly isCut: boolean }) {
  const t = useMessages().preview;
  const all = useMemo(() => parseCsv(text, MAX_ROWS + 1), [text]);
  // The last row of a part may itself be a part.
  const [head = [], ...rows] = isCut && all.length > 1 && all.length <= MAX_ROWS ? all.slice(0, -1) : all;
  return (
    <>
      <Box
        component="table"
        aria-label={t.rows}
        sx={{
          borderCollapse: 'collapse',
          fontSize: 12,
          minWidth: '100%',
          '& th, & td': {
            textAlign: 'left',
            px: 3,
            py: 1.5,
            borderBottom: 1,
            borderColor: 'divider',
            whiteSpace: 'nowrap',
            maxWidth: 320,
            overflow: 'hidden',
            textOverflow: 'ellipsis',
          },
          '& th': { position: 'sticky', top: 0, bgcolor: 'background.paper', fontWeight: 600 },
        }}
      >
        <thead>
          <tr>
            {head.slice(0, MAX_COLUMNS).map((name, column) => (
              <th key={column} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="num">
          {rows.map((row, index) => (
            <tr key={index}>
              {row.slice(0, MAX_COLUMNS).map((value, column) => (
                <td key={column} title={value.length > 40 ? value : undefined}>
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </Box>
      {(rows.length >= MAX_ROWS || head.length > MAX_COLUMNS) && (
        <Typography variant="caption" color="textSecondary" sx={{ display: 'block', p: 3 }}>
          {t.firstRows(MAX_ROWS, MAX_COLUMNS)}
        </Typography>
      )}
    </>
  );
}
