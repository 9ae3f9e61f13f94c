import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect } from 'react';

interface PageHeaderProps {
  readonly title: string;
  readonly text?: ReactNode;
  /** Buttons on the right. */
  readonly children?: ReactNode;
}

/** The page's one h1, and its name in the browser's tab. */
export function PageHeader({ title, text, children }: PageHeaderProps) {
  usePageTitle(title);
  return (
    <Box component="header" sx={{ display: 'flex', flexWrap: 'wrap', gap: 3, alignItems: 'center', mb: 5 }}>
      <Box sx={{ flex: '1 1 240px', minWidth: 0 }}>
        <Typography variant="h1" sx={{ overflowWrap: 'anywhere' }}>
          {title}
        </Typography>
        {text && (
          <Typography component="div" color="textSecondary" sx={{ mt: 1 }}>
            {text}
          </Typography>
        )}
      </Box>
      {children && <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>{children}</Box>}
    </Box>
  );
}

/** Names the browser's tab. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Supastorj`;
  }, [title]);
}
