import type { Listener } from '../service-spec.ts';

/** Where the servers of a service are found. */
export type EdgeServers =
  /** All addresses a name has, as many as there are: the name server of an engine or a cluster knows. */
  | { readonly kind: 'resolved'; readonly host: string; readonly port: number; readonly max: number }
  /** Servers that are known beforehand. */
  | { readonly kind: 'fixed'; readonly servers: readonly Listener[] };

/** Ports that the edge listens on, on every address. Absent ones are closed. */
export interface EdgePorts {
  /** Everything, without encryption. */
  readonly http: number;
  /** Everything, with TLS; needs {@link EdgeOptions.certificatePath}. */
  readonly https?: number;
  /** Sends browsers that come without encryption to the public URL. */
  readonly redirect?: number;
  /** `/health/live`, `/health/ready` and `/metrics` of the edge itself; for inside only. */
  readonly health: number;
  /** postgres-meta; for inside only. */
  readonly meta?: number;
  /** S3 at the root path. */
  readonly s3?: number;
}

export interface EdgeOptions {
  readonly ports: EdgePorts;
  /** Null when the storage server is somewhere else. */
  readonly storage: EdgeServers | null;
  /** Storage is the official server: it does not know the path it is mounted at, and says at `/status` whether it is well. */
  readonly isOfficialStorage?: boolean;
  /** Servers that speak S3 at their root; with `ports.s3`. */
  readonly storageS3?: EdgeServers;
  readonly admin: EdgeServers;
  readonly meta?: EdgeServers;
  /** URL that clients use. Its path, if it has one, is cut off before a request is passed on. */
  readonly publicUrl: string;
  /** Addresses and ranges of proxies in front, whose X-Forwarded-* are believed; of everyone else they are dropped. */
  readonly trustedProxies: readonly string[];
  /** PEM file with the certificate and its chain; its key is in it, or beside it as `<path>.key`. */
  readonly certificatePath?: string;
}

/** Where storage is mounted. */
export const MOUNT = '/storage/v1';

/** Path of the public URL, without that. */
export function publicPath(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '').replace(new RegExp(`${MOUNT}$`), '');
}
