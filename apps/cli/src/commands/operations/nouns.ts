/** Nouns of the operation registry that become commands as they are, in the order of the help. A test holds this list against the registry. */
export const OPERATION_NOUNS = [
  { noun: 'buckets', description: 'list, make, change, empty and delete buckets' },
  { noun: 'objects', description: 'list, search, sign, move and remove objects' },
  { noun: 'usage', description: 'what is stored, by bucket, folder, type, owner and age' },
  { noun: 'policies', description: 'row-level security: list, plan, change, simulate, roll back' },
  { noun: 'links', description: 'signed links: who made them, how often they are used; revoke them' },
  { noun: 'webhooks', description: 'targets of object events, their messages, and sending them again' },
  { noun: 'quotas', description: 'limits of buckets and owners' },
  { noun: 'settings', description: 'the configuration that a server runs with, and changes of its file' },
  { noun: 'sso', description: 'providers of single sign-on, and whether they answer' },
  { noun: 'jobs', description: 'long-running work: list, cancel, retry' },
  { noun: 'schedules', description: 'what runs at set times: make, change, pause, run now' },
  { noun: 'services', description: 'services of a stack through its admin API, from any machine' },
  { noun: 'users', description: 'invite, disable and remove people, and give them roles' },
  { noun: 'roles', description: 'list, make, change and delete roles' },
  { noun: 'sessions', description: 'who is signed in; end a session' },
  { noun: 'apiKeys', description: 'make, list, rotate and revoke API keys' },
  { noun: 'access', description: 'explain why somebody may or may not do something' },
  { noun: 'account', description: 'your own password, and links to choose one' },
  { noun: 'audit', description: 'search, verify and export the audit trail' },
  { noun: 'metrics', description: 'traffic, latency, storage and disk: an overview, and series of a week' },
  { noun: 'alerts', description: 'what is wrong now, rules and silences; acknowledge, silence, test' },
  { noun: 'database', description: 'schemas, tables, roles and grants' },
  { noun: 'system', description: 'what the admin API is and runs over' },
] as const;

/** Nouns whose commands are written by hand: `login`, `s3-keys`, `storage`, `backups`. */
export const OWN_COMMANDS: ReadonlySet<string> = new Set(['session', 's3Keys', 'maintenance', 'backups']);

/** `apiKeys` -> `api-keys`, `file_size_limit` -> `file-size-limit`, as commands and options are written. */
export function toKebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-');
}

/** Whether a command line names one of these nouns, so that the registry has to be read. */
export function namesNoun(argv: readonly string[]): boolean {
  const names = new Set<string>(OPERATION_NOUNS.map(({ noun }) => toKebab(noun)));
  return argv.some((argument) => names.has(argument));
}
