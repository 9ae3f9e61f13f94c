import type { Config } from '@supastor/contract/config/schema';
import { connectHost } from '../references.ts';

/** The URL that clients reach the edge at, without a path. */
export function publicUrl({ storage, containers }: Config): string {
  return (
    storage.endpoint ?? `${containers.tlsCertificate === undefined ? 'http' : 'https'}://${connectHost(containers.host)}:${containers.port}`
  ).replace(/\/+$/, '');
}

/** The configuration as clients see it: everything behind the edge. */
export function behindEdge(config: Config): Config {
  const { host, port } = config.containers;
  return { ...config, storage: { ...config.storage, host, port }, admin: { ...config.admin, host, port } };
}
