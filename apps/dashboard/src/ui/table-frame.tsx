import Paper from '@mui/material/Paper';
import Table from '@mui/material/Table';
import type { ReactNode } from 'react';

interface TableFrameProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** A table in a frame of its own that scrolls sideways where it is too wide, by keyboard as well. */
export function TableFrame({ label, children }: TableFrameProps) {
  return (
    <Paper
      variant="outlined"
      role="region"
      aria-label={label}
      // A region that scrolls has to be reachable by keyboard.
      tabIndex={0}
      sx={{ overflowX: 'auto', borderRadius: 1.5, '& tbody tr:last-of-type > *': { borderBottom: 0 } }}
    >
      <Table aria-label={label}>{children}</Table>
    </Paper>
  );
}

/** A table in a frame whose columns keep their widths and cut off what is too long, so that it never scrolls sideways. */
export function FixedTable({ label, children }: TableFrameProps) {
  return (
    <Paper variant="outlined" sx={{ borderRadius: 1.5, overflow: 'hidden' }}>
      <Table aria-label={label} sx={{ tableLayout: 'fixed', '& tbody tr:last-of-type > *': { borderBottom: 0 } }}>
        {children}
      </Table>
    </Paper>
  );
}

/** Names in a {@link FixedTable}: one line where there is room, as many as they need on a phone. */
export const NAME_CELL = {
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: { xs: 'normal', md: 'nowrap' },
  overflowWrap: 'anywhere',
} as const;

/** For cells of a {@link FixedTable}: one line, with dots for the rest of it. */
export const CLIPPED = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' } as const;
