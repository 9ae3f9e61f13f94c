import { FILES_DIR } from '../../stack/containers/container-spec.ts';

export interface ScrapePlan {
  /** Names and ports of the services, as other containers reach them. */
  readonly storage: { readonly host: string; readonly port: number };
  readonly admin: { readonly host: string; readonly port: number };
  readonly alertmanager: { readonly host: string; readonly port: number };
}

const INTERVAL = '15s';

/**
 * Configuration of Prometheus, as plain data; written as JSON it is valid YAML. Every address behind a name is an instance, so replicas
 * that come and go are found without a restart.
 */
export function prometheusConfig({ storage, admin, alertmanager }: ScrapePlan) {
  const behind = ({ host, port }: ScrapePlan['storage']) => [{ names: [host], type: 'A', port, refresh_interval: INTERVAL }];
  return {
    global: { scrape_interval: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: [`${FILES_DIR}/rules.yml`],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`${alertmanager.host}:${alertmanager.port}`] }] }] },
    scrape_configs: [
      { job_name: 'storage', dns_sd_configs: behind(storage) },
      {
        job_name: 'admin',
        authorization: { type: 'Bearer', credentials_file: `${FILES_DIR}/scrape-token` },
        dns_sd_configs: behind(admin),
      },
      { job_name: 'prometheus', static_configs: [{ targets: ['127.0.0.1:9090'] }] },
    ],
  };
}
