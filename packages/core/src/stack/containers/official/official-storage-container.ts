import type { Config } from '@supastor/contract/config/schema';
import type { ServiceSpec } from '../../service-spec.ts';
import { type ContainerSpec, FILES_DIR } from '../container-spec.ts';
import { CONTAINER_PORTS, containerDefaults, containerEnvironment, OBJECTS_DIR, scratch } from '../services/from-service.ts';
import { nodeHealth } from '../services/node-health.ts';
import { OFFICIAL_STORAGE_SECRETS, officialStorageEnvironment } from './storage-environment.ts';

/**
 * The official storage server in place of ours. It reads no secrets from files, so a few lines of shell put them into the environment
 * of its process, where neither the engine nor a label shows them.
 */
export function officialStorageContainer(config: Config, service: ServiceSpec): ContainerSpec {
  const { storage, containers } = config;
  const environment = officialStorageEnvironment(config);
  return {
    ...containerDefaults(config, 'storage', containers.memory.storage),
    ...containerEnvironment({ ...service, environment, secretNames: OFFICIAL_STORAGE_SECRETS }, {}),
    image: containers.images.officialStorage,
    entrypoint: ['sh', '-c', startScript(FILES_DIR)],
    dependsOn: [...service.dependsOn, ...(storage.images.enabled ? (['imgproxy'] as const) : [])],
    replicas: storage.replicas,
    mounts: [...objectMounts(config, false), scratch('/tmp')],
    networks: ['front', 'back'],
    health: nodeHealth({ port: CONTAINER_PORTS.storage, ready: '/status', live: '/status' }),
    user: '1000:1000',
    stopTimeoutMs: service.stopTimeoutMs + containers.drainSeconds * 1000,
  };
}

/** The bytes, where both the server and imgproxy look for them; none of a bucket. */
export function objectMounts({ storage }: Config, readOnly: boolean): ContainerSpec['mounts'] {
  if (storage.backend !== 'file') return [];
  return storage.filePath === undefined
    ? [{ kind: 'volume', volume: 'objects', path: OBJECTS_DIR, readOnly }]
    : [{ kind: 'bind', source: storage.filePath, path: OBJECTS_DIR, readOnly }];
}

/** For the shell of Alpine and of Debian. The entry point of the server has moved once within 1.x. */
export function startScript(directory: string): string {
  return `for name in $(env | sed -n 's#^\\([A-Z0-9_]*\\)_FILE=${directory}/.*#\\1#p'); do
export "$name=$(cat "${directory}/$name")"
unset "\${name}_FILE"
done
node -e '${REFUSE_OURS}' || exit 1
for server in dist/start/server.js dist/server.js; do
[ -f "$server" ] && exec node "$server"
done
echo "the image has no dist/start/server.js: it is not that of the official storage server" >&2
exit 1`;
}

/** Its migrations would be run over ours. Where the driver is not to be found, or the database not yet, nothing is known and nothing refused. */
const REFUSE_OURS = `let pg;try{pg=require("pg")}catch{process.exit(0)}
const ca=process.env.DATABASE_SSL_ROOT_CERT,ask="select to_regclass($q$storage.supastor_migrations$q$) is not null as ours";
const client=new pg.Client({connectionString:process.env.DATABASE_URL,connectionTimeoutMillis:5000,...(ca?{ssl:{ca}}:{})});
client.on("error",()=>{});
client.connect().then(()=>client.query(ask)).then(({rows:[row]})=>{if(row.ours){
console.error("the built-in storage server has used this database: set storage.engine: builtin, or give the official one a database of its own");
process.exit(1)}},()=>{}).finally(()=>process.exit(process.exitCode??0))`;
