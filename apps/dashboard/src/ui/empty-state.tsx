import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}

/** Nothing here yet: says what would be here and how to get it. */
export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <Box sx={{ textAlign: 'center', py: { xs: 10, sm: 14 }, px: 4, mx: 'auto', maxWidth: 640, width: '100%' }}>
      {icon && <Box sx={{ color: 'text.secondary', mb: 4, '& svg': { fontSize: 36 } }}>{icon}</Box>}
      <Typography variant="h2" component="p">
        {title}
      </Typography>
      <Typography color="textSecondary" sx={{ mt: 1, mb: 5, textWrap: 'balance' }}>
        {text}
      </Typography>
      {children}
    </Box>
  );
}
