import { type ConfigNode, entryOf } from '../config/node.ts';
import { textOf } from './compose-service.ts';

/** What a service of somebody else's compose file is to us. */
export type ServiceRole = 'storage' | 'meta' | 'postgres' | 'images' | 'gateway' | 'other';

const ROLES: readonly (readonly [RegExp, ServiceRole])[] = [
  [/(^|\/)storage-api$/, 'storage'],
  [/(^|\/)(postgres-meta|meta)$/, 'meta'],
  [/(^|\/)(postgres|postgresql)$/, 'postgres'],
  [/(^|\/)imgproxy$/, 'images'],
  [/(^|\/)kong$/, 'gateway'],
];

/** Tells a service by its image, whatever its name is. */
export function roleOf(service: ConfigNode): ServiceRole {
  const image = imageName(service);
  return ROLES.find(([pattern]) => pattern.test(image))?.[1] ?? 'other';
}

/** The image without registry port, tag and digest. */
function imageName(service: ConfigNode): string {
  const image = textOf(entryOf(service, 'image')?.value) ?? '';
  return image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
}

const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/studio$/, 'the console of this stack is another one; Studio goes on with the rest of Supabase'],
  [/(gotrue|auth)$/, 'signs users in, which storage does not need: it checks their tokens with the same JWT secret'],
  [/postgrest$/, 'serves tables; the storage server reads its database itself'],
  [/realtime$/, 'is no part of storage'],
  [/(edge-runtime|deno-relay)$/, 'runs functions, which are no part of storage'],
  [/(logflare|vector)$/, 'collects logs; `supastor logs` and `--with monitoring` are for this stack'],
  [/(supavisor|pgbouncer)$/, 'pools connections; name one in transaction mode as postgres.poolerHost'],
  [/(minio|minio-client|mc|rustfs|seaweedfs|garage)$/, 'keeps bytes; it goes on running and is reached as storage.s3.endpoint'],
  [/(caddy|nginx|haproxy|traefik|envoy)$/, 'is a proxy in front; name it in storage.trustedProxies'],
  [/redis$|valkey$/, 'is not needed; name it as redis.url to use it'],
];

/** Why a service that is none of storage's is left out. */
export function reasonForOther(service: ConfigNode): string {
  const image = imageName(service);
  return OTHERS.find(([pattern]) => pattern.test(image))?.[1] ?? 'is no part of storage, and stays where it is';
}

/** Why a field of a service that we run ourselves is left out. */
export const FIELD_REASONS: Readonly<Record<string, string>> = {
  image: 'this stack has images of its own (containers.images)',
  build: 'this stack has images of its own (`supastor images build`)',
  container_name: 'containers are named after the project',
  hostname: 'services are reached under their own names',
  restart: 'every container is restarted unless it was stopped',
  depends_on: 'what depends on what is known',
  healthcheck: 'every service has a check of its own',
  networks: 'the stack has networks of its own',
  network_mode: 'the stack has networks of its own',
  expose: 'the stack has networks of its own',
  ports: 'only the balancer has a port on the host (containers.port)',
  entrypoint: 'the image knows how it is started',
  command: 'the image knows how it is started',
  user: 'every service has a user of its own, which is not root',
  labels: 'labels are those of the stack',
  logging: 'logs are rotated by logging.maxFileBytes and logging.maxFiles',
  security_opt: 'containers may do as little as possible already',
  cap_add: 'containers have no capabilities',
  cap_drop: 'containers have no capabilities already',
  privileged: 'containers have no capabilities',
  read_only: 'root file systems are read-only already',
  volumes: 'only the directory of the bytes is mounted',
  tmpfs: 'every service has the scratch space it needs',
  secrets: 'are read where a variable names their file',
  configs: 'are made from the settings',
  env_file: 'its variables are looked at one by one',
  extends: 'other files are not read: put what it refers to into this one',
};
