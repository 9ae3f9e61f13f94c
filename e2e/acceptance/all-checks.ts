import type { Check } from './check.ts';
import { accessChecks } from './checks/access.ts';
import { bucketChecks } from './checks/buckets.ts';
import { cdnChecks } from './checks/cdn.ts';
import { documentationChecks } from './checks/documentation.ts';
import { imageChecks } from './checks/images.ts';
import { keyChecks } from './checks/keys.ts';
import { listingChecks } from './checks/listing.ts';
import { objectChecks } from './checks/objects.ts';
import { pathChecks } from './checks/paths.ts';
import { policyChecks } from './checks/policies.ts';
import { s3MultipartChecks } from './checks/s3-multipart.ts';
import { s3ObjectChecks } from './checks/s3-objects.ts';
import { s3PresignedChecks } from './checks/s3-presigned.ts';
import { s3SafetyChecks } from './checks/s3-safety.ts';
import { signingChecks } from './checks/signing.ts';
import { smokeChecks } from './checks/smoke.ts';
import { tusBrowserChecks } from './checks/tus/browser.ts';
import { tusChecks } from './checks/tus/client.ts';
import { tusCoreChecks } from './checks/tus/core.ts';
import { tusCreationChecks } from './checks/tus/creation.ts';
import { tusExtensionChecks } from './checks/tus/extensions.ts';
import { tusVersionChecks } from './checks/tus/versions.ts';
import { strangerChecks } from './checks/strangers.ts';
import { versioningChecks } from './checks/versioning.ts';
import { answerChecks, errorChecks, rangeChecks } from './checks/wire.ts';

/** Everything, in the order it runs. */
export const ALL_CHECKS: readonly Check[] = [
  ...smokeChecks,
  ...bucketChecks,
  ...objectChecks,
  ...listingChecks,
  ...signingChecks,
  ...policyChecks,
  ...errorChecks,
  ...answerChecks,
  ...rangeChecks,
  ...keyChecks,
  ...accessChecks,
  ...strangerChecks,
  ...pathChecks,
  ...s3ObjectChecks,
  ...s3MultipartChecks,
  ...s3PresignedChecks,
  ...s3SafetyChecks,
  ...tusChecks,
  ...tusCoreChecks,
  ...tusVersionChecks,
  ...tusCreationChecks,
  ...tusExtensionChecks,
  ...tusBrowserChecks,
  ...versioningChecks,
  ...imageChecks,
  ...cdnChecks,
  ...documentationChecks,
];
