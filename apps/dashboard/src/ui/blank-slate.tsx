import Box from '@mui/material/Box';
import type { ComponentProps } from 'react';
import { EmptyState } from './empty-state.tsx';

/** An {@link EmptyState} in a dashed frame: the place where something is to be made. */
export function BlankSlate(props: ComponentProps<typeof EmptyState>) {
  return (
    <Box sx={{ border: '1px dashed', borderColor: 'divider', borderRadius: 1.5 }}>
      <EmptyState {...props} />
    </Box>
  );
}
