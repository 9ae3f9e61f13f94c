import { z } from 'zod';

/** Name of the environment variable the supervisor reads its options from. */
export const SUPERVISOR_OPTIONS_NAME = 'SUPASTOR_SUPERVISOR';

/** What a command tells the supervisor it starts. No secrets: those travel over the control socket. */
export const supervisorOptionsSchema = z.object({
  projectDir: z.string(),
  environment: z.string(),
  preferSource: z.boolean(),
  watch: z.boolean(),
  maxFileBytes: z.number(),
  maxFiles: z.number(),
});
export type SupervisorProcessOptions = z.infer<typeof supervisorOptionsSchema>;

/** What services inherit of a user's environment: where things are and how to reach the network, nothing of the configuration. */
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

export function inheritedEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(INHERITED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
