/** A path with each segment encoded for a URL, the slashes kept. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** The token of a signed URL, still encoded. Servers do not encode the path before it, so this is not parsed as a URL. */
export function tokenOf(signedUrl: string): string | null {
  const at = signedUrl.lastIndexOf('?token=');
  return at === -1 ? null : encodeURIComponent(signedUrl.slice(at + '?token='.length));
}
