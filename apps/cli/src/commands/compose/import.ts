import { resolve } from 'node:path';
import { readImport } from '@supastor/adapters/compose/read-import';
import { writeImport } from '@supastor/adapters/compose/write-import';
import type { ImportResult } from '@supastor/core/compose/import-compose';
import type { CliContext } from '../../context.ts';
import { formatImport } from './format-import.ts';

export interface ImportFlags {
  readonly envFile?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** What `compose import` prints as JSON. No secret has its value. */
export interface ImportReport extends Pick<ImportResult, 'environment' | 'generated' | 'toSet' | 'notes'> {
  readonly file: string;
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly taken: readonly {
    readonly service: string | null;
    readonly field: string;
    readonly line: number | null;
    readonly path: string;
    readonly value: unknown;
  }[];
  readonly leftOut: readonly {
    readonly service: string | null;
    readonly field: string;
    readonly line: number | null;
    readonly reason: string;
  }[];
}

/** Makes a project out of a compose file, and says of every service and field in it what became of it. */
export async function runImport(context: CliContext, file: string, flags: ImportFlags): Promise<void> {
  const path = resolve(context.projectDir, file);
  const envFile = flags.envFile === undefined ? null : resolve(context.projectDir, flags.envFile);
  const result = await readImport({ path, envFile, env: context.env });
  const nothing = { written: [], kept: [] };
  const { written, kept } = flags.dryRun === true ? nothing : await writeImport(context.projectDir, result, flags.force === true);
  const { environment, generated, toSet, notes } = result;
  const report: ImportReport = {
    file,
    environment,
    written,
    kept,
    generated,
    toSet,
    notes,
    taken: result.taken.map(({ service, field, at, path: setting, shown }) => ({
      service,
      field,
      line: at?.line ?? null,
      path: setting,
      value: shown,
    })),
    leftOut: result.leftOut.map(({ service, field, at, reason }) => ({ service, field, line: at?.line ?? null, reason })),
  };
  context.output.result(report, formatImport);
}
