import type { Config } from '@supastor/contract/config/schema';
import { connectHost } from '../references.ts';

/** The URL of the edge from this machine, without a path; `port` is one of its listeners. */
export function edgeUrl({ containers }: Config, port = containers.port): string {
  return `${containers.tlsCertificate === undefined ? 'http' : 'https'}://${connectHost(containers.host)}:${port}`;
}

/** The URL that clients reach the edge at, without a path. */
export function publicUrl(config: Config): string {
  return (config.storage.endpoint ?? edgeUrl(config)).replace(/\/+$/, '');
}

/** The configuration as clients see it: everything behind the edge. */
export function behindEdge(config: Config): Config {
  const { host, port } = config.containers;
  return { ...config, storage: { ...config.storage, host, port, endpoint: publicUrl(config) }, admin: { ...config.admin, host, port } };
}
