import Button from '@mui/material/Button';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';

interface MoreButtonProps {
  /** What the list is made of. */
  readonly query: Pick<UseInfiniteQueryResult, 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'>;
  readonly children: string;
}

/** Lengthens a list by another page; nothing where there is no further one. */
export function MoreButton({ query: { hasNextPage, isFetchingNextPage, fetchNextPage }, children }: MoreButtonProps) {
  if (!hasNextPage) return null;
  return (
    <Button
      color="inherit"
      variant="outlined"
      sx={{ mt: 4, alignSelf: 'center' }}
      loading={isFetchingNextPage}
      onClick={() => void fetchNextPage()}
    >
      {children}
    </Button>
  );
}
