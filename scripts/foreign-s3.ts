import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LACKS_CEPH, startCeph } from '@supastor/testkit/harness/ceph';

/** Runs the tests of the S3 byte store on an S3 that is not ours, Ceph's gateway. Takes some three minutes; not part of CI. */
const FILES = ['blobs/s3/s3-store', 'blobs/s3/faults', 'blobs/upstream/upstream-bucket', 'replicas'].map(
  (name) => `apps/storage-api/src/${name}`,
);

if (LACKS_CEPH !== null) {
  process.stderr.write(`${LACKS_CEPH}\n`);
  process.exit(1);
}

const root = join(import.meta.dirname, '..');
const ceph = await startCeph();
try {
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...FILES, ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        SUPASTOR_TEST_S3_URL: ceph.url,
        SUPASTOR_TEST_S3_KEY: ceph.accessKeyId,
        SUPASTOR_TEST_S3_SECRET: ceph.secretAccessKey,
      },
    },
  );
  process.exitCode = status ?? 1;
} finally {
  await ceph.stop();
}
