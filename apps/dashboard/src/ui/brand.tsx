import Box from '@mui/material/Box';

/** The mark: three sheets of a stack. */
export function BrandMark({ size = 28 }: { readonly size?: number }) {
  return (
    <Box component="svg" viewBox="0 0 32 32" aria-hidden sx={{ width: size, height: size, flex: 'none', display: 'block' }}>
      <rect width="32" height="32" rx="8" fill="#2457d6" />
      <path d="M8 11.5 16 7l8 4.5-8 4.5z" fill="#fff" />
      <path
        d="m8 16 8 4.5 8-4.5M8 20.5l8 4.5 8-4.5"
        fill="none"
        stroke="#fff"
        strokeWidth="2"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </Box>
  );
}
