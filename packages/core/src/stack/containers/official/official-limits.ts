import type { Config } from '@supastor/contract/config/schema';
import type { CrossProblem } from '../../../config/cross-check.ts';
import { sslMode } from '../../services/postgres-tls.ts';

/** Settings that the official servers cannot honour, and that nobody would want to be passed over in silence. */
export function officialProblems(config: Config): readonly CrossProblem[] {
  const { project, storage, meta } = config;
  const storageIsOfficial = storage.managed && storage.engine === 'supabase';
  const metaIsOfficial = meta.engine === 'supabase';
  const engines = [...(storageIsOfficial ? ['storage.engine'] : []), ...(metaIsOfficial ? ['meta.engine'] : [])];
  if (project.target === 'embedded')
    return engines.map((path) => ({
      path,
      reason: 'supabase is an image, and project.target is embedded: set it to docker, or leave builtin',
    }));
  return [...(storageIsOfficial ? storageProblems(config) : []), ...(engines.length > 0 ? tlsProblems(config) : [])];
}

/** What the official storage server lacks, for whoever reads a plan. */
export function officialNotes({ storage, meta, auth }: Config): readonly string[] {
  if (!storage.managed || storage.engine !== 'supabase') return meta.engine === 'supabase' ? [META_NOTE] : [];
  return [
    `storage is the official server, without what only the built-in one has: ${MISSING.join(', ')}`,
    'a database that the built-in storage server has used cannot be given to the official one',
    ...(auth.roles.length === DEFAULT_ROLES ? [] : ['the official storage server does not enforce auth.roles: a token may name any role']),
    ...(storage.webhooks.url === undefined ? [] : ['webhooks of the official storage server are not signed']),
    ...(meta.engine === 'supabase' ? [META_NOTE] : []),
  ];
}

/** Features of ours that the official storage server has not. */
export const MISSING = [
  'object versions',
  'lifecycle rules',
  'quotas',
  'webhooks with several targets and replay',
  'integrity scans and quarantine',
  'the ledger of signed links and their revocation',
  'stored S3 access keys',
  'folders as a zip',
  'import of bytes',
  'live changes of objects',
  'lists and metadata from replicas of Postgres',
] as const;

const META_NOTE = 'the official postgres-meta answers browsers that reach it; only the networks of the stack keep them away';
const DEFAULT_ROLES = 3;
const ONLY_BUILTIN = 'needs storage.engine builtin';

function storageProblems({ storage, postgres }: Config): readonly CrossProblem[] {
  const { cdn } = storage;
  const refused: Record<string, boolean> = {
    'postgres.replicas': postgres.replicas.length > 0,
    'storage.s3RootPort': storage.s3RootPort !== undefined,
    'storage.s3VirtualHostDomain': storage.s3VirtualHostDomain.length > 0,
    'storage.s3.prefix': storage.backend === 's3' && storage.s3.prefix !== undefined,
    'storage.webhooks.secret': storage.webhooks.secret !== undefined,
    'storage.cdn.driver': cdn.driver !== 'endpoint',
    'storage.cdn.autoPurge': cdn.autoPurge === true,
  };
  return Object.entries(refused).flatMap(([path, isSet]) => (isSet ? [{ path, reason: ONLY_BUILTIN }] : []));
}

/** The official servers know certificates for `verify-full` only, and none of their own. */
function tlsProblems(config: Config): readonly CrossProblem[] {
  const { postgres } = config;
  if (postgres.managed) return [];
  const mode = sslMode(config);
  const hasCa = (postgres.ca ?? postgres.caFile) !== undefined;
  const problems: CrossProblem[] = [];
  if (mode === 'prefer' || mode === 'verify-ca' || (mode === 'require' && hasCa))
    problems.push({ path: 'postgres.sslMode', reason: 'the engine supabase knows disable, require (without a CA) and verify-full' });
  if ((postgres.cert ?? postgres.certFile) !== undefined)
    problems.push({ path: 'postgres.certFile', reason: 'the engine supabase shows no certificate to Postgres' });
  return problems;
}
