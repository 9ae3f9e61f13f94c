import Box from '@mui/material/Box';
import { MONO } from '../../ui/fonts.ts';

/** Advice of a rule: what it has between backticks is a command or a setting, and stands out as one. */
export function Advice({ text }: { readonly text: string }) {
  return (
    <>
      {text.split('`').map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : (
          <Box
            // Parts have no name but their place, and never move.
            key={index}
            component="code"
            sx={{ fontFamily: MONO, fontSize: '0.92em', color: 'text.primary', overflowWrap: 'anywhere' }}
          >
            {part}
          </Box>
        ),
      )}
    </>
  );
}
