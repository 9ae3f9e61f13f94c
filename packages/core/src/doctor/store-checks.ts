import { formatMib } from './machine-checks.ts';
import { fail, ok, warn, type Verdict } from './verdict.ts';

const MIB = 1024 ** 2;
const LEAST_BYTES = 200 * MIB;
const FEW_BYTES = 1024 * MIB;
const LEAST_INODES = 1000;
/** Shares below which space runs out soon on a disk that is in use. */
const FEW_SHARE = 0.05;
const FEW_INODES_SHARE = 0.02;
/** Each upload waits for a sync. */
const SLOW_SYNC_MS = 250;
const SKEW_WARN_MS = 60_000;
/** What S3 refuses. */
const SKEW_FAIL_MS = 15 * 60_000;

export interface DirectoryFact {
  readonly path: string;
  /** Why a file could not be written, synced, renamed and its directory synced; null when it could. */
  readonly problem: string | null;
  readonly syncMs: number;
  /** As `ext4`, `nfs4`; null when it cannot be told. */
  readonly fileSystem: string | null;
  readonly mountOptions: readonly string[];
}

export interface SpaceFact {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Null where inodes are not counted. */
  readonly freeInodes: number | null;
  readonly totalInodes: number;
}

export type BucketStep = 'ListBucket' | 'PutObject' | 'GetObject' | 'DeleteObject' | 'ListBucketMultipartUploads';

/** What came of asking the bucket. `skewMs` is how far its clock is before ours; null when it does not say. */
export type BucketFact =
  | { readonly kind: 'unset' }
  | { readonly kind: 'unreachable'; readonly endpoint: string; readonly reason: string }
  | {
      readonly kind: 'refused';
      readonly step: BucketStep;
      readonly status: number;
      readonly code: string;
      readonly region: string | null;
      readonly skewMs: number | null;
    }
  | { readonly kind: 'ready'; readonly skewMs: number | null };

/** Whether bytes that were synced in the directory survive a power cut. */
export function checkStoreDirectory(fact: DirectoryFact): Verdict {
  const { path, problem, fileSystem, mountOptions, syncMs } = fact;
  if (problem !== null) {
    return fail(
      `${path}: ${problem}`,
      problem === 'ENOSPC' || problem === 'EDQUOT'
        ? 'free some space, or raise the quota'
        : `make it writable for this user (chown, chmod u+w, mount -o remount,rw), or set storage.filePath to another directory`,
    );
  }
  const unsafe = unsafeMount(fileSystem, mountOptions);
  if (unsafe !== null) return unsafe;
  const detail = `${path}: written and synced in ${Math.round(syncMs)} ms${fileSystem === null ? '' : `, ${fileSystem}`}`;
  if (syncMs > SLOW_SYNC_MS) return warn(detail, 'each upload waits for a sync like this one: use a faster disk');
  return ok(detail);
}

function unsafeMount(fileSystem: string | null, options: readonly string[]): Verdict | null {
  if (options.includes('nobarrier') || options.includes('barrier=0')) {
    return fail(
      `${fileSystem} is mounted without write barriers`,
      'remove nobarrier/barrier=0 from its mount options: a power cut loses synced bytes',
    );
  }
  switch (fileSystem) {
    case 'tmpfs':
    case 'ramfs':
      return warn(
        `${fileSystem} is memory: all objects are gone after a restart of the machine`,
        'set storage.filePath to a directory on a disk',
      );
    case 'overlay':
    case 'aufs':
      return warn(
        `${fileSystem} is the writable layer of a container: objects go with the container`,
        'mount a volume, and set storage.filePath to a directory in it',
      );
    case 'nfs':
    case 'nfs4':
      if (options.includes('soft') || options.includes('softerr'))
        return fail('NFS is mounted soft: a write may be cut off without an error', 'mount it with hard, and export it with sync');
      return warn(
        `${fileSystem} keeps what was synced only when the server does`,
        'export it with sync (not async), mount it with hard, and give it a fast, local disk for several servers at the most',
      );
    case 'cifs':
    case 'smb3':
    case '9p':
    case 'fuse.sshfs':
    case 'fuse.s3fs':
    case 'fuse.rclone':
    case 'fuse.gcsfuse':
    case 'vboxsf':
    case 'vfat':
    case 'exfat':
      return warn(
        `${fileSystem} is not known to keep synced bytes or to rename atomically`,
        'set storage.filePath to a local disk (ext4, XFS, ZFS), or keep bytes in a bucket: storage.backend: s3',
      );
    default:
      return null;
  }
}

/** Whether the file system of the store has room for more objects. */
export function checkStoreSpace({ freeBytes, totalBytes, freeInodes, totalInodes }: SpaceFact): Verdict {
  const detail = `${formatMib(freeBytes)} of ${formatMib(totalBytes)} free${freeInodes === null ? '' : `, ${freeInodes} inodes`}`;
  if (freeBytes < LEAST_BYTES) return fail(detail, 'free some space or enlarge the disk: uploads will be answered 507');
  if (freeInodes !== null && freeInodes < LEAST_INODES) {
    return fail(detail, 'delete small files or make the file system anew with more inodes: each object is a file');
  }
  if (freeBytes < FEW_BYTES || freeBytes < totalBytes * FEW_SHARE) return warn(detail, 'free some space or enlarge the disk soon');
  if (freeInodes !== null && freeInodes < totalInodes * FEW_INODES_SHARE) return warn(detail, 'inodes run out soon: each object is a file');
  return ok(detail);
}

/** Whether the bucket takes, gives and removes bytes with the keys that are configured. */
export function checkStoreBucket(bucket: string, fact: BucketFact): Verdict {
  switch (fact.kind) {
    case 'unset':
      return fail('bucket or keys are missing', 'set storage.s3.bucket, storage.s3.accessKeyId and storage.s3.secretAccessKey');
    case 'unreachable':
      return fail(`${fact.endpoint}: ${fact.reason}`, 'check storage.s3.endpoint, the network and the name server');
    case 'refused':
      return refusedVerdict(bucket, fact);
    default:
      return ok(`"${bucket}" takes, gives and removes bytes`);
  }
}

function refusedVerdict(bucket: string, fact: Extract<BucketFact, { kind: 'refused' }>): Verdict {
  const detail = `"${bucket}" answers ${fact.step} with ${fact.status} ${fact.code}`;
  if (fact.code === 'RequestTimeTooSkewed') return fail(detail, 'set the clock: timedatectl set-ntp true');
  if (fact.region !== null || fact.code === 'AuthorizationHeaderMalformed' || fact.code === 'PermanentRedirect') {
    return fail(detail, `set storage.s3.region to the region of the bucket${fact.region === null ? '' : `: ${fact.region}`}`);
  }
  if (fact.code === 'NoSuchBucket' || fact.status === 404)
    return fail(detail, `create the bucket "${bucket}", or correct storage.s3.bucket`);
  if (fact.code === 'InvalidAccessKeyId' || fact.code === 'SignatureDoesNotMatch') {
    return fail(detail, 'correct storage.s3.accessKeyId and storage.s3.secretAccessKey');
  }
  if (fact.status === 401 || fact.status === 403) return fail(detail, `allow the access key ${fact.step} on "${bucket}"`);
  return fail(detail, 'look into the log of the S3 service, then run `supastor doctor` again');
}

/** S3 refuses signatures of another time. */
export function checkStoreClock(fact: BucketFact): Verdict {
  const skewMs = fact.kind === 'refused' || fact.kind === 'ready' ? fact.skewMs : null;
  if (skewMs === null) return warn('the S3 service did not say its time', 'make it reachable, then run `supastor doctor` again');
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const detail = seconds < 2 ? 'as the S3 service' : `${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} the S3 service`;
  const fix = 'set the clock: timedatectl set-ntp true';
  if (Math.abs(skewMs) >= SKEW_FAIL_MS) return fail(`${detail}: requests are refused`, fix);
  return Math.abs(skewMs) >= SKEW_WARN_MS ? warn(detail, fix) : ok(detail);
}
