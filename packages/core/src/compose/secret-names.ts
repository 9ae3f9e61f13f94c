import { CONFIG_FIELDS, CONFIG_FIELDS_BY_PATH } from '@supastor/contract/config/fields';
import type { Config } from '@supastor/contract/config/schema';
import { Secret } from '@supastor/contract/secret';
import { parseDotenv } from '../config/dotenv.ts';
import { formatEnvLine } from '../config/env-file.ts';
import { readPath } from '../config/paths.ts';
import { MONITORING_SECRETS, REQUIRED_SECRETS } from '../secrets/stack-secrets.ts';

const BY_PATH: ReadonlyMap<string, string> = new Map(
  [...REQUIRED_SECRETS, ...MONITORING_SECRETS].map(({ path, envName }) => [path, envName]),
);

/** The name that a secret has in `.env`: the one `init` writes, else the first that the configuration knows. */
export function secretName(path: string): string {
  return BY_PATH.get(path) ?? CONFIG_FIELDS_BY_PATH.get(path)?.env?.[0] ?? path;
}

const SECRET_PATHS: readonly string[] = CONFIG_FIELDS.filter(({ secret }) => secret === true).map(({ path }) => path);

/** Every secret of a configuration as an environment file. */
export function renderSecrets(config: Config): string {
  const lines = SECRET_PATHS.flatMap((path) => {
    const value = readPath(config, path);
    return value instanceof Secret ? [formatEnvLine(secretName(path), value.reveal())] : [];
  });
  return `# For \`supastor compose import\`; no container reads it.\n${lines.join('\n')}\n`;
}

/** The secrets of such a file, by path. */
export function readSecrets(text: string): ReadonlyMap<string, string> {
  const values = new Map(parseDotenv(text).entries.map(({ name, value }) => [name, value]));
  return new Map(
    SECRET_PATHS.flatMap((path) => {
      const value = values.get(secretName(path));
      return value === undefined ? [] : [[path, value] as const];
    }),
  );
}
