import { CONFIG_VERSION } from '@supastor/contract/config/schema';

/** Where `init` puts the JSON Schema, relative to the project; the starter file's first line points there. */
export const SCHEMA_FILE_PATH = '.supastor/config.schema.json';

export const PORT_NAMES = ['postgres', 'storage', 'meta', 'admin'] as const;
export type PortName = (typeof PORT_NAMES)[number];
export type Ports = Readonly<Partial<Record<PortName, number>>>;

export interface StarterOptions {
  readonly name: string;
  readonly mode: 'dev' | 'prod';
  /** Only those that differ from the defaults need to be given. */
  readonly ports?: Ports;
}

/** A commented `supastor.config.yaml` to start from. */
export function renderStarterYaml({ name, mode, ports = {} }: StarterOptions): string {
  const setting = (key: PortName, fallback: number) => (ports[key] === undefined ? `# port: ${fallback}` : `port: ${ports[key]}`);
  return `# yaml-language-server: $schema=${SCHEMA_FILE_PATH}
# What this project should look like. Passwords and keys do not belong here: they are in .env, which git ignores.
# Every setting:              supastor config schema
# Where a value comes from:   supastor config explain storage.port
version: "${CONFIG_VERSION}"

environments:
  default:
    project:
      name: ${name}
      mode: ${mode} # prod refuses secrets that are missing or publicly known
${mode === 'prod' ? CONTAINERS : ''}
    postgres:
      ${setting('postgres', 5432)}
      # managed: false       # use a Postgres that runs elsewhere
      # host: db.example.com
      # sslMode: verify-full
      # caFile: db-ca.pem

    storage:
      ${setting('storage', 5000)}
      # host: 0.0.0.0        # listen on every address, not only on this machine
      # endpoint: https://storage.example.com
      # fileSizeLimit: 5GB
      # filePath: /srv/objects

    meta:
      ${setting('meta', 8081)}

    admin:
      ${setting('admin', 8080)}

    # logging:
    #   level: debug
${mode === 'dev' ? PRODUCTION : ''}`;
}

const CONTAINERS = `      target: docker # containers of a Docker engine; embedded runs processes of this machine
`;

const PRODUCTION = `
  # Used with --env production. Only what differs from "default" is written here.
  production:
    extends: default
    project:
      mode: prod
`;

/** A valid project name made from a directory name; \`supastor\` when nothing usable is left. */
export function projectNameFrom(directoryName: string): string {
  const name = directoryName
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return name === '' ? 'supastor' : name;
}
