import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { formatLocale } from '../../format/locale.ts';
import { timeTicks, valueTicks } from './axis-ticks.ts';
import { highestOf, isLonely, type Row } from './chart-rows.ts';
import { formatValue } from './format-value.ts';

export interface PlottedLine {
  /** Its column of the rows, and its name. */
  readonly label: string;
  readonly tone: 'primary' | 'success' | 'warning' | 'error';
}

interface LinePlotProps {
  readonly rows: readonly Row[];
  readonly lines: readonly PlottedLine[];
  readonly unit: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly height: number;
  /** Said in the box under the pointer where nothing was measured. */
  readonly noValue: string;
}

/** Of the theme, light or dark. */
const COLOURS = {
  rule: 'var(--mui-palette-divider)',
  label: 'var(--mui-palette-text-secondary)',
  text: 'var(--mui-palette-text-primary)',
  paper: 'var(--mui-palette-background-paper)',
} as const;
const TICK = { fontSize: 12, fill: COLOURS.label } as const;
const MOST_TIMES = 6;
const DAY_MS = 86_400_000;

/** Lines over time between axes with round values and units. */
export function LinePlot({ rows, lines, unit, fromMs, toMs, height, noValue }: LinePlotProps) {
  const labels = lines.map(({ label }) => label);
  const values = valueTicks(highestOf(rows, labels), { whole: unit === 'count' });
  const times = new Intl.DateTimeFormat(formatLocale(), timeForm(toMs - fromMs));
  return (
    <ResponsiveContainer width="100%" height={height}>
      <LineChart data={[...rows]} margin={{ top: 8, right: 12, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke={COLOURS.rule} />
        <XAxis
          dataKey="atMs"
          type="number"
          scale="time"
          domain={[fromMs, toMs]}
          ticks={[...timeTicks(fromMs, toMs, MOST_TIMES)]}
          tickFormatter={(atMs: number) => times.format(atMs)}
          tick={TICK}
          tickLine={false}
          stroke={COLOURS.rule}
          interval="equidistantPreserveStart"
          minTickGap={24}
        />
        <YAxis
          width="auto"
          domain={[0, values.at(-1) ?? 'auto']}
          ticks={[...values]}
          tickFormatter={(value: number) => formatValue(value, unit)}
          tick={TICK}
          tickLine={false}
          axisLine={false}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: COLOURS.label }}
          labelFormatter={(label) =>
            new Intl.DateTimeFormat(formatLocale(), { dateStyle: 'medium', timeStyle: 'short' }).format(Number(label))
          }
          formatter={(value) => (typeof value === 'number' ? formatValue(value, unit) : noValue)}
          contentStyle={{
            background: COLOURS.paper,
            border: `1px solid ${COLOURS.rule}`,
            borderRadius: 8,
            fontSize: 12,
            color: COLOURS.text,
          }}
        />
        {lines.map(({ label, tone }) => {
          const colour = `var(--mui-palette-${tone}-main)`;
          return (
            <Line
              key={label}
              dataKey={label}
              name={label}
              type="linear"
              stroke={colour}
              strokeWidth={2}
              dot={<LonelyDot rows={rows} name={label} colour={colour} />}
              isAnimationActive={false}
            />
          );
        })}
      </LineChart>
    </ResponsiveContainer>
  );
}

interface LonelyDotProps {
  readonly rows: readonly Row[];
  readonly name: string;
  readonly colour: string;
  /** Filled in by the chart, for each value. */
  readonly cx?: number;
  readonly cy?: number;
  readonly index?: number;
}

/** A value that no line leads to. */
function LonelyDot({ rows, name, colour, cx, cy, index }: LonelyDotProps) {
  if (index === undefined || !isLonely(rows, name, index)) return null;
  return <circle cx={cx} cy={cy} r={2.5} fill={colour} />;
}

/** A time within a day, a day within a week. */
function timeForm(spanMs: number): Intl.DateTimeFormatOptions {
  return spanMs > DAY_MS ? { weekday: 'short', day: 'numeric' } : { hour: '2-digit', minute: '2-digit' };
}
