import { formatBytes } from '../../format/bytes.ts';
import { formatNumber } from '../../format/locale.ts';

/** A measured value with its unit, as short as it can be read. */
export function formatValue(value: number, unit: string): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'bytes/s':
      return `${formatBytes(value)}/s`;
    case 'seconds':
      return value < 1 ? `${short(value * 1000)} ms` : `${short(value)} s`;
    case 'requests/s':
    case 'count/s':
      return `${short(value)}/s`;
    default:
      return formatNumber(value, { maximumFractionDigits: value < 10 ? 2 : 0 });
  }
}

function short(value: number): string {
  return formatNumber(value, { maximumSignificantDigits: 3 });
}
