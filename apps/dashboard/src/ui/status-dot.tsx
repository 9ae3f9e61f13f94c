import Box from '@mui/material/Box';

export type Tone = 'success' | 'warning' | 'error' | 'info' | 'neutral';

interface StatusDotProps {
  readonly tone: Tone;
  /** Said by screen readers; leave out when text beside it says the same. */
  readonly label?: string;
  readonly pulse?: boolean;
}

/** A small coloured dot. Never the only carrier of meaning. */
export function StatusDot({ tone, label, pulse = false }: StatusDotProps) {
  return (
    <Box
      component="span"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      sx={{
        width: 8,
        height: 8,
        flex: 'none',
        borderRadius: '50%',
        display: 'inline-block',
        bgcolor: tone === 'neutral' ? 'text.disabled' : `${tone}.main`,
        ...(pulse && { animation: 'pulse 1.4s ease-in-out infinite', '@keyframes pulse': { '50%': { opacity: 0.35 } } }),
      }}
    />
  );
}
