import { readFile } from 'node:fs/promises';
import { CONFIG_FIELDS } from '@supastor/contract/config/fields';
import { SECRET_FILE_SUFFIX } from '@supastor/core/config/candidates';
import type { FlagValue } from '@supastor/core/config/source';
import { z } from 'zod';
import { errorCodeOf } from './file-error.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What decided the configuration of a running stack besides its files: variables and flags of the command that started it. */
export interface StartContext {
  readonly env: Readonly<Record<string, string>>;
  readonly flags: readonly FlagValue[];
}

const contextSchema = z.object({
  env: z.record(z.string(), z.string()),
  flags: z.array(z.object({ path: z.string(), value: z.unknown(), flag: z.string() })),
});

const FIELD_NAMES: readonly string[] = CONFIG_FIELDS.flatMap(({ env, secret }) =>
  (env ?? []).flatMap((name) => (secret === true ? [name, `${name}${SECRET_FILE_SUFFIX}`] : [name])),
);

/** Of an environment, what the configuration looks at: names of fields, and variables that the file refers to. */
export function relevantEnvironment(env: Env, variables: readonly string[]): Record<string, string> {
  const names = new Set([...FIELD_NAMES, ...variables]);
  return Object.fromEntries([...names].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** Written by whoever starts a stack, for the processes of the same user: it may hold secrets. */
export async function writeStartContext(path: string, context: StartContext): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(context)}\n`, 0o600);
}

/** Empty when nothing was written. */
export async function readStartContext(path: string): Promise<StartContext> {
  try {
    return contextSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return { env: {}, flags: [] };
    throw error;
  }
}
