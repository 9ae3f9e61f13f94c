const NAMES = ['PGSSLMODE', 'DATABASE_SSL_ROOT_CERT', 'PGSSLROOTCERT', 'PGSSLCERT', 'PGSSLKEY'] as const;
type Environment = Readonly<Partial<Record<(typeof NAMES)[number], string | undefined>>>;

/** Parameter -> variables that say it where the connection string does not, strongest first. */
const DEFAULTS: Readonly<Record<string, readonly (typeof NAMES)[number][]>> = {
  sslmode: ['PGSSLMODE'],
  // The former holds the certificates themselves, as the original has it.
  sslrootcert: ['DATABASE_SSL_ROOT_CERT', 'PGSSLROOTCERT'],
  sslcert: ['PGSSLCERT'],
  sslkey: ['PGSSLKEY'],
};

/** The connection string with what the environment says about TLS, unless it says something about it itself. */
export function withTlsDefaults(connectionString: string, env: Environment): string {
  const start = connectionString.indexOf('?');
  const own = new URLSearchParams(start === -1 ? '' : connectionString.slice(start + 1));
  if (own.get('sslmode') === 'disable') return connectionString;
  const added = Object.entries(DEFAULTS).flatMap(([name, variables]) => {
    const value = variables.map((variable) => env[variable]).find((candidate) => candidate !== undefined && candidate !== '');
    return value === undefined || own.has(name) || (name === 'sslmode' && own.has('ssl')) ? [] : [`${name}=${encodeURIComponent(value)}`];
  });
  if (added.length === 0) return connectionString;
  return `${connectionString}${start === -1 ? '?' : '&'}${added.join('&')}`;
}
