import Box from '@mui/material/Box';
import { sparkPath } from './spark-path.ts';

interface SparklineProps {
  readonly values: readonly (number | null)[];
  /** What it shows, in words. */
  readonly label: string;
  readonly tone?: 'primary' | 'error';
}

const WIDTH = 240;
const HEIGHT = 32;

/** The shape of the last hour. The figure above says the number; this says whether it rises. */
export function Sparkline({ values, label, tone = 'primary' }: SparklineProps) {
  const { line, area } = sparkPath(values, WIDTH, HEIGHT);
  return (
    <Box
      component="svg"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      sx={{ width: '100%', height: 32, mt: 'auto', color: `${tone}.main`, display: 'block', flex: 'none' }}
    >
      <path d={area} fill="currentColor" opacity={0.12} />
      <path d={line} fill="none" stroke="currentColor" strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </Box>
  );
}
