import { FILES_DIR } from '../../stack/containers/container-spec.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ScrapePlan {
  /** Names and ports of the services, as other containers reach them. Without storage, another stack runs it. */
  readonly storage?: Address;
  readonly admin: Address;
  readonly edge: Address;
  readonly alertmanager: Address;
}

const INTERVAL = '15s';

/**
 * Configuration of Prometheus, as plain data; written as JSON it is valid YAML. Every address behind a name is an instance, so replicas
 * that come and go are found without a restart.
 */
export function prometheusConfig({ storage, admin, edge, alertmanager }: ScrapePlan) {
  const behind = ({ host, port }: Address) => [{ names: [host], type: 'A', port, refresh_interval: INTERVAL }];
  return {
    global: { scrape_interval: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: [`${FILES_DIR}/rules.yml`],
    alerting: { alertmanagers: [{ static_configs: one(alertmanager) }] },
    scrape_configs: [
      ...(storage === undefined ? [] : [{ job_name: 'storage', dns_sd_configs: behind(storage) }]),
      {
        job_name: 'admin',
        authorization: { type: 'Bearer', credentials_file: `${FILES_DIR}/scrape-token` },
        dns_sd_configs: behind(admin),
      },
      { job_name: 'edge', static_configs: one(edge) },
      { job_name: 'alertmanager', static_configs: one(alertmanager) },
      { job_name: 'prometheus', static_configs: one({ host: '127.0.0.1', port: 9090 }) },
    ],
  };
}

function one({ host, port }: Address) {
  return [{ targets: [`${host}:${port}`] }];
}
