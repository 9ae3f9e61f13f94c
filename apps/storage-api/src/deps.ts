import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { TokenVerifier } from './access/token-verifier.ts';
import type { UrlSigner } from './access/url-signer.ts';
import type { BlobStore } from './blobs/blob-store.port.ts';
import type { DamageSink } from './blobs/verified-body.ts';
import type { CdnPurger } from './cdn/cdn-purger.ts';
import type { Maintenance } from './integrity/maintenance.ts';
import type { Quarantine } from './integrity/quarantine.ts';
import type { Metrics } from './http/metrics.ts';
import type { RenderRate } from './http/render/render-rate.ts';
import type { ImageRenderer } from './images/image-renderer.ts';
import type { LifecycleRunner } from './lifecycle/lifecycle-runner.ts';
import type { LinkLedger } from './links/link-ledger.ts';
import type { Database } from './metadata/database.ts';
import type { ObjectInserts } from './metadata/object-inserts.ts';
import type { ObjectLookup } from './metadata/object-lookup.ts';
import type { ReadDeps } from './metadata/replicas/start-replicas.ts';
import type { AddressRanges } from './s3-keys/address-ranges.ts';
import type { S3KeysDeps } from './s3-keys/s3-keys.ts';
import type { Resumable } from './uploads/create-resumable.ts';
import type { TargetsDeps } from './webhooks/targets.ts';

/** Everything the routes and use cases need; built once in start.ts. */
export interface StorageDeps {
  readonly database: Database;
  readonly lookup: ObjectLookup;
  /** For reads that a replica of Postgres may answer; without one, what is above. */
  readonly reads: ReadDeps;
  readonly inserts: ObjectInserts;
  readonly blobs: BlobStore;
  /** Hears of bytes that did not match their checksum. */
  readonly damage: DamageSink;
  readonly maintenance: Maintenance;
  readonly quarantine: Quarantine;
  readonly lifecycle: LifecycleRunner;
  readonly verifier: TokenVerifier;
  readonly signer: UrlSigner;
  /** Every use of a signed link goes through it. */
  readonly links: LinkLedger;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Largest object that may be uploaded, whatever the bucket says. */
  readonly maxUploadBytes: number;
  /** Largest object that REST takes in one request. */
  readonly maxStandardBytes: number;
  /** Buckets with more objects are not emptied; null: any are. */
  readonly maxEmptied: number | null;
  /** Lifetime of signed upload links. */
  readonly uploadLinkSeconds: number;
  readonly resumable: Resumable;
  /** Access keys of the S3 door. */
  readonly s3Keys: S3KeysDeps;
  /** Proxies whose X-Forwarded-For tells where a request came from. */
  readonly trustedProxies: AddressRanges;
  /** Null when image transformation is off. */
  readonly images: ImageRenderer | null;
  /** How often one image may be asked for; null: as often as one likes. */
  readonly renderRate: RenderRate | null;
  /** Null when no cache in front can be purged. */
  readonly cdn: CdnPurger | null;
  /** Targets of object events. */
  readonly webhooks: TargetsDeps;
  readonly version: string;
  /** Whether this server was told to stop and only finishes what it has. */
  readonly isStopping: () => boolean;
}
