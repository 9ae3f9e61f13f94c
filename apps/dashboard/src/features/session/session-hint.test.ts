import { expect, test } from 'vitest';
import { mayBeSignedIn, noteSignedIn } from './session-hint.ts';

function memoryStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    clear: () => values.clear(),
    getItem: (key) => values.get(key) ?? null,
    key: (index) => [...values.keys()][index] ?? null,
    removeItem: (key) => void values.delete(key),
    setItem: (key, value) => void values.set(key, value),
  };
}

test('remembers a sign-in until the sign-out, and keeps nothing after it', () => {
  const storage = memoryStorage();
  expect(mayBeSignedIn(() => storage)).toBe(false);
  noteSignedIn(() => storage, true);
  expect(mayBeSignedIn(() => storage)).toBe(true);
  noteSignedIn(() => storage, false);
  expect(mayBeSignedIn(() => storage)).toBe(false);
  expect(storage.length).toBe(0);
});

test('asks the server when the browser blocks its storage', () => {
  noteSignedIn(blocked, true);
  expect(mayBeSignedIn(blocked)).toBe(true);
});

function blocked(): Storage {
  throw new DOMException('denied', 'SecurityError');
}
