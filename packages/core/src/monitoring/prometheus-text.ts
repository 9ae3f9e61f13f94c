/** One line of an exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /[a-zA-Z_:][\w:]*/y;
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\\n]|\\.)*)"\s*(,?)\s*/y;
const VALUE = /\s+(\S+)(?:\s+-?\d+)?\s*$/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '\\': '\\', '"': '"' };

/** Reads the Prometheus text format 0.0.4. Lines that are none of it are left out, as is what comes after a number of `maxSamples`. */
export function parsePrometheusText(text: string, maxSamples = 50_000): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    if (samples.length >= maxSamples) break;
    if (line === '' || line.startsWith('#')) continue;
    const sample = parseLine(line);
    if (sample) samples.push(sample);
  }
  return samples;
}

function parseLine(line: string): Sample | null {
  NAME.lastIndex = 0;
  const name = NAME.exec(line)?.[0];
  if (name === undefined) return null;
  let end = NAME.lastIndex;
  const labels: Record<string, string> = {};
  if (line[end] === '{') {
    const closed = readLabels(line, end + 1, labels);
    if (closed === null) return null;
    end = closed;
  }
  VALUE.lastIndex = end;
  const value = toNumber(VALUE.exec(line)?.[1]);
  return value === null ? null : { name, labels, value };
}

/** Fills `labels` and returns where the text behind the brace starts; null when it is broken. */
function readLabels(line: string, start: number, labels: Record<string, string>): number | null {
  let end = start;
  while (line[end] !== '}') {
    LABEL.lastIndex = end;
    const [, key, value, comma] = LABEL.exec(line) ?? [];
    if (key === undefined || value === undefined) return null;
    labels[key] = value.replaceAll(/\\(.)/g, (whole, char: string) => ESCAPES[char] ?? whole);
    end = LABEL.lastIndex;
    if (comma === '' && line[end] !== '}') return null;
  }
  return end + 1;
}

function toNumber(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}
