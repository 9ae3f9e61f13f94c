import type { Config } from '@supastor/contract/config/schema';

/** What admin-api measures, for its environment. */
export function monitoringEnvironment({ monitoring }: Config): Record<string, string> {
  return {
    SUPASTOR_MONITORING_ENABLED: String(monitoring.enabled),
    ...(monitoring.storageUrls.length > 0 && { SUPASTOR_MONITORING_STORAGE_URLS: monitoring.storageUrls.join(',') }),
  };
}
