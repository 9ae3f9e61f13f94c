/** Writes where a reader is as text for clients: the log and the last event it has seen. */
export function formatPosition(logId: string, id: number): string {
  return `${logId}.${id}`;
}

/** Reads {@link formatPosition}; null when it is not one. */
export function parsePosition(text: string): { readonly logId: string; readonly id: number } | null {
  const found = /^(.+)\.(\d{1,15})$/.exec(text);
  return found?.[1] !== undefined && found[2] !== undefined ? { logId: found[1], id: Number(found[2]) } : null;
}
