import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { BrandMark } from '../../ui/brand.tsx';

interface SignInFrameProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Stands below the frame. */
  readonly foot?: ReactNode;
}

/** The page of somebody who is not signed in yet. */
export function SignInFrame({ title, children, foot }: SignInFrameProps) {
  return (
    <Box component="main" sx={{ minHeight: '100dvh', display: 'grid', placeItems: 'center', px: 4, py: 8, boxSizing: 'border-box' }}>
      <Box sx={{ width: '100%', maxWidth: 384 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, mb: 6, justifyContent: 'center' }}>
          <BrandMark size={32} />
          <Typography sx={{ fontSize: 16, fontWeight: 600 }}>Supastorj</Typography>
        </Box>
        <Paper variant="outlined" sx={{ p: { xs: 5, sm: 7 }, borderRadius: 1.5 }}>
          <Typography variant="h1" sx={{ mb: 5 }}>
            {title}
          </Typography>
          {children}
        </Paper>
        {foot}
      </Box>
    </Box>
  );
}
