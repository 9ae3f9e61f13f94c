/** A compose file as plain data. Only what is read back has a type: the rest is checked against the public schema in the tests. */
export interface ComposeDocument {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeTree>>;
  readonly networks: ComposeTree;
  readonly volumes: ComposeTree;
  readonly secrets: ComposeTree;
  readonly configs: ComposeTree;
  readonly [EXTENSION]: ComposeExtension;
}

export type ComposeTree = Readonly<Record<string, unknown>>;

/** Where a compose file of ours keeps the configuration that it was made from. */
export const EXTENSION = 'x-supastor';

export interface ComposeExtension {
  readonly version: string;
  readonly environment: string;
  /** Every setting that is not at its default, secrets excepted. */
  readonly config: ComposeTree;
}

/** A file that belongs to a compose file. */
export interface ComposeAttachment {
  /** Relative to the compose file. */
  readonly path: string;
  readonly content: string;
  readonly secret: boolean;
}

/** Directories beside the compose file. */
export const SECRETS_DIR = 'compose.secrets';
export const CONFIGS_DIR = 'compose.configs';
/** Every secret once more, by its setting's name, for whoever reads the compose file back. No container has it. */
export const SECRETS_FILE = `${SECRETS_DIR}/supastor.env`;

/** Sets up roles and the database when Postgres is healthy, and ends. The engine target does the same itself. */
export const SETUP_SERVICE = 'database-setup';
/** Shared with it: over the socket Postgres trusts its own users. */
export const SOCKET_VOLUME = 'postgres-socket';
export const SOCKET_DIR = '/var/run/postgresql';
