import { z } from 'zod';
import { bytes, field, integer } from './field.ts';

/** How the storage server watches over what it keeps. */
export const storageIntegritySchema = z.strictObject({
  scanPeriodSeconds: field(integer(0).default(86_400), {
    description: 'How often rows and bytes are compared; 0: on request only.',
    unit: 'seconds',
    env: ['SUPASTOR_SCAN_PERIOD_SECONDS'],
  }),
  scanGraceSeconds: field(integer(0).default(3600), {
    description: 'Only older bytes without a row are moved to the quarantine. Keep it above the clock difference to a network file system.',
    unit: 'seconds',
    env: ['SUPASTOR_SCAN_GRACE_SECONDS'],
  }),
  scrubPeriodSeconds: field(integer(0).default(2_592_000), {
    description: 'How often all bytes are read again and compared with their checksums; 0: on request only.',
    unit: 'seconds',
    env: ['SUPASTOR_SCRUB_PERIOD_SECONDS'],
  }),
  scrubBytesPerSecond: field(bytes(1).default(20_000_000), {
    description: 'Most that a scrub reads per second.',
    unit: 'bytes',
    env: ['SUPASTOR_SCRUB_BYTES_PER_SECOND'],
  }),
  quarantineSeconds: field(integer(1).default(1_209_600), {
    description: 'How long the quarantine keeps what a scan moved there, before it is removed for good.',
    unit: 'seconds',
    env: ['SUPASTOR_QUARANTINE_SECONDS'],
  }),
});
