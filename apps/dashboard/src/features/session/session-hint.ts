const KEY = 'supastor-signed-in';

/**
 * Whether it is worth asking the server who is signed in: true after a sign-in from this browser, and whenever that cannot be told.
 * Only a note to save a request that would fail; the session itself is in an httpOnly cookie.
 */
export function mayBeSignedIn(storage: () => Storage): boolean {
  try {
    return storage().getItem(KEY) === 'yes';
  } catch {
    return true;
  }
}

/** Takes the note, or removes it. Does nothing where the browser keeps no notes. */
export function noteSignedIn(storage: () => Storage, signedIn: boolean): void {
  try {
    if (signedIn) storage().setItem(KEY, 'yes');
    else storage().removeItem(KEY);
  } catch {
    // Then the server is asked each time.
  }
}
