import { arch, platform, release } from 'node:os';
import { postgresPackage } from '@supastor/adapters/doctor/postgres-package';
import { VERSION } from '@supastor/contract/version';
import type { CliContext } from '../../context.ts';
import { formatTable } from '../../output/table.ts';

/** Prints what runs: the program, Node.js, the platform, the bundled Postgres (null when this platform has none). */
export async function showVersion({ output }: CliContext): Promise<void> {
  const postgres = await postgresPackage();
  const result = {
    supastor: VERSION,
    node: process.versions.node,
    platform: `${platform()}-${arch()}`,
    kernel: release(),
    postgres: postgres?.version ?? null,
  };
  output.result(result, (value) =>
    formatTable([
      ['supastor', value.supastor],
      ['node', value.node],
      ['platform', `${value.platform} (${value.kernel})`],
      ['postgres', value.postgres ?? 'not installed for this platform'],
    ]),
  );
}
