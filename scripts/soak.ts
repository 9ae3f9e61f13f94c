import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * The long forms of the tests with faults and with dice: hundreds of kills, power losses, a failing disk, a thousand slow clients,
 * thousands of odd requests, 200 rounds of random policies, upgrades with 10,000 objects, an upload of 1 GiB from a browser with
 * cuts and a reload, a bucket of a million objects in a browser, containers that die and stand still. Takes about an hour; not part of CI.
 */
const ROUNDS = process.env['SUPASTOR_SOAK_ROUNDS'] ?? '200';
const FILES = [
  'crash',
  'power-loss',
  'failing-disk',
  'disk-full',
  'consistency',
  'integrity/sc',
  'integrity/import',
  'http/slow-clients',
  'http/documentation/fuzz',
  'access/policy-diff',
  'upgrade',
  'http/crossings',
].map((name) => `apps/storage-api/src/${name}`);
const ADMIN_FILES = ['apps/admin-api/src/access/logins', 'apps/admin-api/src/rest/document-fuzz'];
const FAULTS = {
  SUPASTOR_POWER_ROUNDS: '20',
  SUPASTOR_FAULT_MS: '60000',
  SUPASTOR_CONSISTENCY_MS: '60000',
  SUPASTOR_SLOW_CLIENTS: '1000',
  SUPASTOR_STRAYS: '500',
  SUPASTOR_FUZZ_CASES: '10000',
  SUPASTOR_RLS_ROUNDS: '200',
  SUPASTOR_UPGRADE_OBJECTS: '10000',
  SUPASTOR_CROSSINGS: '5000',
  SUPASTOR_LOGINS: '1000',
  SUPASTOR_CONTAINER_ROUNDS: '20',
  SUPASTOR_UPLOAD_BYTES: '1073741824',
  SUPASTOR_LARGE_BUCKET: '1000000',
};

const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    '--testTimeout=3600000',
    ...FILES,
    ...ADMIN_FILES,
    'e2e/crash',
    'e2e/dashboard-upload',
    'e2e/dashboard-large',
    'e2e/containers',
    'e2e/monitoring',
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...FAULTS, ...process.env, SUPASTOR_SOAK_ROUNDS: ROUNDS },
  },
);
process.exit(status ?? 1);
