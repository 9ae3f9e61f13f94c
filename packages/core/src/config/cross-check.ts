import { mocksOf } from '@supastor/contract/config/mocks';
import { replicaAddress } from '@supastor/contract/config/postgres';
import type { Config } from '@supastor/contract/config/schema';
import { officialProblems } from '../stack/containers/official/official-limits.ts';

/** A rule that spans fields and is broken; `path` is the field to change. */
export interface CrossProblem {
  readonly path: string;
  readonly reason: string;
}

/** Rules no single field can check. */
export function crossCheck(config: Config): readonly CrossProblem[] {
  return [
    ...samePorts(config),
    ...bytesOnS3(config),
    ...externalStorage(config),
    ...cacheInFront(config),
    ...backoff(config),
    ...mocksInProd(config),
    ...postgresTls(config),
    ...readReplicas(config),
    ...officialProblems(config),
  ];
}

/** What is said of certificates must be of use with the mode. */
function postgresTls({ postgres }: Config): readonly CrossProblem[] {
  const { managed, sslMode, caFile, ca, certFile, cert, keyFile, key } = postgres;
  if (managed) return [];
  const [hasCa, hasCert, hasKey] = [caFile ?? ca, certFile ?? cert, keyFile ?? key].map((value) => value !== undefined);
  const problems: CrossProblem[] = [];
  if (sslMode === 'verify-ca' && hasCa !== true)
    problems.push({ path: 'postgres.caFile', reason: 'is needed when postgres.sslMode is verify-ca' });
  if ((sslMode === 'prefer' || sslMode === 'disable') && hasCa === true)
    problems.push({ path: 'postgres.sslMode', reason: `${sslMode} checks no certificate: with a CA it must be verify-full or verify-ca` });
  if (hasCert !== hasKey)
    problems.push({
      path: hasCert === true ? 'postgres.keyFile' : 'postgres.certFile',
      reason: 'is needed: a certificate and its key belong together',
    });
  return problems;
}

/** Reads are spread by our storage server, over standbys that somebody else runs. */
function readReplicas({ postgres, storage }: Config): readonly CrossProblem[] {
  const { managed, replicas, host, port } = postgres;
  const path = 'postgres.replicas';
  if (replicas.length === 0) return [];
  if (managed)
    return [
      { path, reason: 'needs postgres.managed false: the Postgres of this stack has no standbys; run one of your own, or leave them out' },
    ];
  if (!storage.managed) return [{ path, reason: 'needs storage.managed: a storage server elsewhere is told there what it reads from' }];
  const addresses = [`${host}:${port}`, ...replicas.map(addressOf)];
  if (addresses.lastIndexOf(addresses[0] ?? '') > 0) return [{ path, reason: `names the primary, ${host}:${port}: leave it out` }];
  const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
  return twice === undefined ? [] : [{ path, reason: `names ${twice} twice: once is enough` }];
}

function addressOf(replica: string): string {
  const { host, port } = replicaAddress(replica);
  return `${host}:${port}`;
}

function samePorts({ postgres, storage, meta, admin, mocks }: Config): readonly CrossProblem[] {
  const listeners = [
    { path: 'postgres.port', port: postgres.port, listens: postgres.managed },
    { path: 'storage.port', port: storage.port, listens: storage.managed },
    { path: 'storage.s3RootPort', port: storage.s3RootPort, listens: storage.managed && storage.s3RootPort !== undefined },
    { path: 'meta.port', port: meta.port, listens: true },
    { path: 'admin.port', port: admin.port, listens: true },
    ...mockListeners(mocks),
  ].filter((listener) => listener.listens);
  return listeners.flatMap((listener, index) => {
    const first = listeners.slice(0, index).find((other) => other.port === listener.port);
    return first ? [{ path: listener.path, reason: `port ${listener.port} is used by ${first.path} already` }] : [];
  });
}

function mockListeners(mocks: Config['mocks']): readonly { readonly path: string; readonly port: number; readonly listens: boolean }[] {
  const { smtpPort, inboxPort, oidcPort, webhooksPort, s3Port, s3HttpPort } = mocks;
  const ports = { smtp: { smtpPort, inboxPort }, oidc: { oidcPort }, webhooks: { webhooksPort }, s3: { s3Port, s3HttpPort } };
  return mocksOf(mocks.enabled).flatMap((mock) =>
    Object.entries(ports[mock]).map(([name, port]) => ({ path: `mocks.${name}`, port, listens: true })),
  );
}

/** Mocks let anybody in who is on the machine. */
function mocksInProd({ mocks, project, postgres }: Config): readonly CrossProblem[] {
  const wanted = mocksOf(mocks.enabled);
  if (wanted.length === 0) return [];
  if (project.mode !== 'dev')
    return [{ path: 'mocks.enabled', reason: 'mocks are for development: run supastor up --dev, or leave them out' }];
  if (project.target !== 'embedded')
    return [{ path: 'mocks.enabled', reason: `mocks run beside processes of this machine, not on the target ${project.target}` }];
  if (wanted.includes('s3') && !postgres.managed)
    return [{ path: 'mocks.enabled', reason: 'the mock s3 keeps its rows in the Postgres of the stack: set postgres.managed' }];
  return [];
}

/** Bytes in a bucket need the bucket and its keys. */
function bytesOnS3({ storage }: Config): readonly CrossProblem[] {
  if (!storage.managed || storage.backend !== 's3') return [];
  const { bucket, accessKeyId, secretAccessKey } = storage.s3;
  const needed = { 'storage.s3.bucket': bucket, 'storage.s3.accessKeyId': accessKeyId, 'storage.s3.secretAccessKey': secretAccessKey };
  const missing = Object.entries(needed).filter(([, value]) => value === undefined);
  return missing.map(([path]) => ({ path, reason: 'is needed when storage.backend is s3' }));
}

/** Each kind of cache is reached in its own way. */
function cacheInFront({ storage: { cdn } }: Config): readonly CrossProblem[] {
  const reason = `is needed when storage.cdn.driver is ${cdn.driver}`;
  if (cdn.driver === 'endpoint') return [];
  if (cdn.driver === 'nginx' || cdn.driver === 'varnish') return cdn.caches.length > 0 ? [] : [{ path: 'storage.cdn.caches', reason }];
  const needed = { 'storage.cdn.zone': cdn.zone, 'storage.cdn.purgeKey': cdn.purgeKey };
  return Object.entries(needed).flatMap(([path, value]) => (value === undefined ? [{ path, reason }] : []));
}

function externalStorage({ storage }: Config): readonly CrossProblem[] {
  if (storage.managed || storage.endpoint !== undefined) return [];
  return [{ path: 'storage.endpoint', reason: 'is needed when storage.managed is false' }];
}

function backoff({ restart }: Config): readonly CrossProblem[] {
  if (restart.backoffInitialMs <= restart.backoffMaxMs) return [];
  return [{ path: 'restart.backoffMaxMs', reason: `must be at least restart.backoffInitialMs (${restart.backoffInitialMs})` }];
}
