/**
 * The bucket that a host names when buckets have host names (`bucket.<domain>`); null when the request is in path style.
 * Ports do not count, nor does case.
 */
export function bucketOfHost(host: string, domains: readonly string[]): string | null {
  const name = host.replace(/:\d{1,5}$/, '').toLowerCase();
  for (const domain of domains) {
    const suffix = `.${domain.toLowerCase()}`;
    if (name.endsWith(suffix) && name.length > suffix.length) return name.slice(0, -suffix.length);
  }
  return null;
}
