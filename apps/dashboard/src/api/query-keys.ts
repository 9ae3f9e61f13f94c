/** Cache keys, from general to particular, so that one key invalidates all below it. */
export const keys = {
  session: ['session'],
  users: ['users'],
  roles: ['roles'],
  sessions: ['sessions'],
  apiKeys: ['api-keys'],
  heldPermissions: ['held-permissions'],
  audit: (filter: Readonly<Record<string, unknown>>) => ['audit', filter],
  system: ['system'],
  services: ['services'],
  buckets: ['buckets'],
  bucket: (bucket: string) => ['bucket', bucket],
  objects: (bucket: string) => ['objects', bucket],
  folder: (bucket: string, prefix: string) => ['objects', bucket, prefix],
  link: (bucket: string, path: string) => ['link', bucket, path],
} as const;
