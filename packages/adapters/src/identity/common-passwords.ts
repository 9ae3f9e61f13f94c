import { createReadStream } from 'node:fs';
import { hash } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { CommonPasswords } from '@supastor/core/access/user.port';

/**
 * Looks passwords up in the list that comes with this release (about 45,000), and in a file when one is given:
 * one password per line, or its SHA-1 in hex with anything after it, as breach collections are published.
 * Nothing leaves this machine.
 */
export function createCommonPasswords(file: string | null): CommonPasswords {
  let shipped: Promise<ReadonlySet<string>> | null = null;
  return async (password) => {
    shipped ??= loadShipped();
    const candidates = [password.toLowerCase(), password.toLowerCase().replace(/[\d\W_]+$/, '')].filter((text) => text.length >= 4);
    const list = await shipped;
    if (candidates.some((candidate) => list.has(candidate))) return true;
    return file !== null && isInFile(file, password);
  };
}

async function loadShipped(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].map(String));
}

async function isInFile(file: string, password: string): Promise<boolean> {
  const digest = hash('sha1', password).toUpperCase();
  const input = createReadStream(file, 'utf8');
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line === password || line.slice(0, 40).toUpperCase() === digest) return true;
    }
    return false;
  } finally {
    input.destroy();
  }
}
