import { CHECKSUM_ALGORITHMS } from './body/checksums.ts';
import type { Checksum } from './body/digest-check.ts';

/** How the checksum of a part is stored. */
export function formatPartChecksum({ algorithm, value }: Checksum): string {
  return `${algorithm}:${value}`;
}

/** The checksum of a stored part in the given algorithm, base64; null when it has none in that algorithm. */
export function readPartChecksum(stored: string | null, algorithm: string): string | null {
  const known = CHECKSUM_ALGORITHMS.find((candidate) => candidate === algorithm);
  return known !== undefined && stored?.startsWith(`${known}:`) ? stored.slice(known.length + 1) : null;
}
