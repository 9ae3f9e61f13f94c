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
