import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../config-files/write-file-atomic.ts';

const FILE_NAME = 'signing-keys.json';
const keysSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })).min(1) });
type SigningKeys = z.infer<typeof keysSchema>;

/** The keys that tokens are signed with. With a directory they stay the same, so that clients may keep them over a restart. */
export async function signingKeys(directory: string | null): Promise<SigningKeys> {
  if (directory === null) return makeKeys();
  const path = join(directory, FILE_NAME);
  const known = readKeys(path);
  if (known !== null) return known;
  const made = makeKeys();
  await writeFileAtomic(path, `${JSON.stringify(made)}\n`, 0o600);
  return made;
}

/** Null when there are none, or none that can be read: they are mock keys, and made anew. */
function readKeys(path: string): SigningKeys | null {
  try {
    return keysSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function makeKeys(): SigningKeys {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return keysSchema.parse({ keys: [{ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' }] });
}
