import type { AdminDatabase } from '@supastor/adapters/db/admin-database';
import { readCertificateDays } from '@supastor/adapters/monitoring/certificate';
import { findScrapeTargets, scrape } from '@supastor/adapters/monitoring/scrape';
import type { AuditLog } from '@supastor/core/audit/audit-log';
import type { Reading } from '@supastor/core/monitoring/reading';
import type { Source } from '@supastor/core/monitoring/sampler';
import type { Clock } from '@supastor/core/operations/ports';

export interface SharedSourcesOptions {
  readonly database: Pick<AdminDatabase, 'facts'>;
  readonly auditLog: Pick<AuditLog, 'verify'>;
  /** Base URLs of storage; every address behind one is an instance. */
  readonly scrapeUrls: readonly string[];
  /** URLs that people use, whose certificates are watched. */
  readonly publicUrls: () => readonly string[];
  /** Aborted when the server stops. */
  readonly ending: AbortSignal;
  readonly clock: Clock;
}

/** Reading the whole trail is work: a few times a day. */
const VERIFY_MS = 6 * 3_600_000;
const VERIFY_TIMEOUT_MS = 600_000;
/** A trail that could not be read through is not read again at once. */
const VERIFY_RETRY_MS = 60_000;
const CERTIFICATE_MS = 3_600_000;

/** What is the same whichever server looks at it: storage, Postgres, the audit trail and the certificates of public URLs. */
export function createSharedSources({ database, auditLog, scrapeUrls, publicUrls, ending, clock }: SharedSourcesOptions) {
  let intact: number | null = null;
  let nextVerifyAtMs = 0;
  const certificates = new Map<string, { readonly atMs: number; readonly days: number | null }>();

  /** In the background: a sample does not wait for it. */
  function verifyAudit(nowMs: number): void {
    if (nowMs < nextVerifyAtMs) return;
    nextVerifyAtMs = nowMs + VERIFY_MS;
    auditLog.verify(null, AbortSignal.any([ending, AbortSignal.timeout(VERIFY_TIMEOUT_MS)])).then(
      ({ firstBad }) => (intact = firstBad === null ? 1 : 0),
      () => (nextVerifyAtMs = clock.now() + VERIFY_RETRY_MS),
    );
  }

  async function readPostgres(): Promise<Reading> {
    const nowMs = clock.now();
    verifyAudit(nowMs);
    const facts = await database.facts(nowMs);
    return intact === null ? facts : { ...facts, levels: { ...facts.levels, 'audit.intact': intact } };
  }

  async function readCertificate(url: URL): Promise<Reading> {
    const nowMs = clock.now();
    const known = certificates.get(url.host);
    const isKnown = known !== undefined && nowMs - known.atMs < CERTIFICATE_MS;
    const days = isKnown ? known.days : await readCertificateDays(url, nowMs);
    if (!isKnown) certificates.set(url.host, { atMs: nowMs, days });
    return { atMs: nowMs, startedAtMs: null, counts: {}, levels: days === null ? {} : { 'certificate.days': days }, latencies: [] };
  }

  return async (): Promise<readonly Source[]> => {
    const targets = (await Promise.all(scrapeUrls.map(findScrapeTargets))).flat();
    const secure = [...new Map(publicUrls().map((text) => [new URL(text).host, new URL(text)])).values()].filter(isSecure);
    return [
      ...targets.map((target): Source => {
        return { instance: target.instance, job: 'storage', read: (signal) => scrape(target, clock.now(), signal) };
      }),
      { instance: 'postgres', job: 'postgres', read: readPostgres },
      ...secure.map((url): Source => ({ instance: url.host, job: 'certificate', read: () => readCertificate(url) })),
    ];
  };
}

function isSecure({ protocol }: URL): boolean {
  return protocol === 'https:';
}
