import type { Config } from '@supastor/contract/config/schema';
import { Secret } from '@supastor/contract/secret';

/** What admin-api measures and whom it tells, for its environment. Thresholds and channels travel as JSON. */
export function monitoringEnvironment({ monitoring }: Config): Record<string, string> {
  const { enabled, storageUrls, scrapeToken, alerts, notify } = monitoring;
  return {
    SUPASTOR_MONITORING_ENABLED: String(enabled),
    ...(storageUrls.length > 0 && { SUPASTOR_MONITORING_STORAGE_URLS: storageUrls.join(',') }),
    ...(scrapeToken !== undefined && { SUPASTOR_MONITORING_SCRAPE_TOKEN: scrapeToken.reveal() }),
    SUPASTOR_ALERT_THRESHOLDS: JSON.stringify(alerts),
    SUPASTOR_NOTIFY: JSON.stringify(Object.fromEntries(Object.entries(notify).map(([name, value]) => [name, revealed(value)]))),
  };
}

/** Names of variables that hold secrets. */
export const MONITORING_SECRETS = ['SUPASTOR_MONITORING_SCRAPE_TOKEN', 'SUPASTOR_NOTIFY'] as const;

function revealed(value: unknown): unknown {
  return value instanceof Secret ? value.reveal() : value;
}
