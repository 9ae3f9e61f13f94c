import { z } from 'zod';
import { VERSION } from '../version.ts';
import { bytes, field, integer, list, port, text } from './field.ts';
import { swarmSchema } from './swarm.ts';

const image = (fallback: string) => text().default(fallback);

/** What a stack of containers may have besides the services it needs. */
export const EXTRAS = ['monitoring'] as const;
export type Extra = (typeof EXTRAS)[number];
const extras = () =>
  list()
    .pipe(z.array(z.enum(EXTRAS, { error: `expected some of: ${EXTRAS.join(', ')}` })))
    .default([]);

/** How many of a service run side by side. */
export const MAX_REPLICAS = 20;
export const replicas = () => integer(1, MAX_REPLICAS).default(1);

const imagesSchema = z.strictObject({
  postgres: field(image('postgres:17-bookworm'), { description: 'Image of Postgres.', env: ['SUPASTOR_IMAGE_POSTGRES'] }),
  storage: field(image(`supastor/storage-api:${VERSION}`), {
    description: 'Image of the storage server.',
    env: ['SUPASTOR_IMAGE_STORAGE'],
  }),
  meta: field(image(`supastor/meta:${VERSION}`), { description: 'Image of postgres-meta.', env: ['SUPASTOR_IMAGE_META'] }),
  officialStorage: field(image('supabase/storage-api:v1.60.4'), {
    description: 'Image of the storage server when `storage.engine` is supabase.',
    env: ['SUPASTOR_IMAGE_OFFICIAL_STORAGE'],
  }),
  officialMeta: field(image('supabase/postgres-meta:v0.95.2'), {
    description: 'Image of postgres-meta when `meta.engine` is supabase.',
    env: ['SUPASTOR_IMAGE_OFFICIAL_META'],
  }),
  imgproxy: field(image('darthsim/imgproxy:v3.30.1'), {
    description: 'Image of imgproxy, which makes pictures for the official storage server.',
    env: ['SUPASTOR_IMAGE_IMGPROXY'],
  }),
  admin: field(image(`supastor/admin-api:${VERSION}`), {
    description: 'Image of the admin API and its dashboard.',
    env: ['SUPASTOR_IMAGE_ADMIN'],
  }),
  edge: field(image('haproxy:3.0-bookworm'), {
    description: 'Image of HAProxy, which balances requests.',
    env: ['SUPASTOR_IMAGE_EDGE'],
  }),
  prometheus: field(image('prom/prometheus:v3.5.0'), { description: 'Image of Prometheus.', env: ['SUPASTOR_IMAGE_PROMETHEUS'] }),
  alertmanager: field(image('prom/alertmanager:v0.28.1'), {
    description: 'Image of Alertmanager.',
    env: ['SUPASTOR_IMAGE_ALERTMANAGER'],
  }),
  grafana: field(image('grafana/grafana:12.1.1'), { description: 'Image of Grafana.', env: ['SUPASTOR_IMAGE_GRAFANA'] }),
});

const memory = (service: string) =>
  field(bytes().optional(), {
    description: `Memory that one container of ${service} may use. Default: no limit.`,
    unit: 'bytes',
    env: [`SUPASTOR_MEMORY_${service.toUpperCase()}`],
  });

/** What only the targets that run containers look at. */
export const containersSchema = z.strictObject({
  engine: field(text().optional(), {
    description: 'Address of the Docker engine, as in DOCKER_HOST. Default: the socket of this machine.',
    env: ['DOCKER_HOST'],
  }),
  host: field(text().default('127.0.0.1'), {
    description: 'Address of the host that the edge listens on; 0.0.0.0 for every one.',
    env: ['SUPASTOR_EDGE_HOST'],
  }),
  port: field(port().default(8000), {
    description: 'Port of the host that the edge listens on: storage below /storage/v1, the console and the admin API above.',
    unit: 'port',
    env: ['SUPASTOR_EDGE_PORT'],
  }),
  tlsCertificate: field(text().optional(), {
    description:
      'PEM file of the host with the certificate of the edge and its chain, readable for user 99. The port then speaks TLS alone.',
    env: ['SUPASTOR_EDGE_TLS_CERTIFICATE'],
  }),
  tlsKey: field(text().optional(), {
    description: 'PEM file of the host with the key of `tlsCertificate`, readable for user 99.',
    env: ['SUPASTOR_EDGE_TLS_KEY'],
  }),
  with: field(extras(), {
    description: 'What runs besides: `monitoring` is Prometheus, Alertmanager and Grafana.',
    env: ['SUPASTOR_WITH'],
  }),
  drainSeconds: field(integer(0, 300).default(3), {
    description: 'How long a storage or admin server that is told to stop goes on serving while the edge takes it out.',
    unit: 'seconds',
    env: ['SUPASTOR_DRAIN_SECONDS'],
  }),
  images: imagesSchema.prefault({}),
  memory: z
    .strictObject({
      postgres: memory('postgres'),
      storage: memory('storage'),
      meta: memory('meta'),
      admin: memory('admin'),
      edge: memory('edge'),
    })
    .prefault({}),
  swarm: swarmSchema.prefault({}),
});
