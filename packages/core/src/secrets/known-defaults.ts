import { isSignedBy } from './jwt.ts';

/** Signing keys that stand in public documentation; whatever they signed is public too. */
const PUBLIC_JWT_SECRETS: readonly string[] = [
  'super-secret-jwt-token-with-at-least-32-characters-long',
  'your-super-secret-jwt-token-with-at-least-32-characters-long',
  'your-super-secret-and-long-postgres-password',
  'f023d3db-39dc-4ac9-87b2-b2be72e9162b',
];

/** Other values that public examples, guides and word lists use. */
const PUBLIC_VALUES: ReadonlySet<string> = new Set([
  ...PUBLIC_JWT_SECRETS,
  'postgres',
  'password',
  'password1',
  'passw0rd',
  'admin',
  'admin123',
  'administrator',
  'secret',
  'changeme',
  'change-me',
  'supabase',
  'supastor',
  'supastorj',
  'minioadmin',
  'minio123',
  '12345678',
  '123456789',
  'qwertyuiop',
  'this_password_is_insecure_and_should_be_changed',
  'this_password_is_insecure_and_must_be_changed',
  'sample_key',
  'your-encryption-key-32-chars-min',
  'your-32-character-encryption-key',
  '625729a08b95bf1b7ff351a663f3a23c',
  '850181e4652dd023b7a98c58ae0d2d34bd487ee0cc3254aed6eda37307425907',
]);

const PLACEHOLDER = /^(?:<.*>|your[-_ ].*|change[-_ ]?me.*|replace[-_ ]?me.*|todo|x{3,}|\*{3,})$/i;

/** Whether anyone can know this secret: a published default, a placeholder, or a token signed with a published key. */
export function isKnownDefault(value: string): boolean {
  const plain = value.trim();
  if (PUBLIC_VALUES.has(plain.toLowerCase()) || PLACEHOLDER.test(plain)) return true;
  return plain.split('.').length === 3 && PUBLIC_JWT_SECRETS.some((secret) => isSignedBy(plain, secret));
}
