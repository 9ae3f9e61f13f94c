import { keys } from './de/keys.ts';
import { people } from './de/people.ts';
import { exif } from './de/exif.ts';
import { uploads } from './de/uploads.ts';
import { transfer } from './de/transfer.ts';
import { preview } from './de/preview.ts';
import { versions } from './de/versions.ts';
import { picture } from './de/picture.ts';
import { details } from './de/details.ts';
import { jobs } from './de/jobs.ts';
import { policies } from './de/policies.ts';
import { links } from './de/links.ts';
import { buckets } from './de/buckets.ts';
import { account } from './de/account.ts';
import { webhooks } from './de/webhooks.ts';
import { usage } from './de/usage.ts';
import { services } from './de/services.ts';
import { search } from './de/search.ts';
import { access } from './de/access.ts';
import { audit } from './de/audit.ts';
import { backups } from './de/backups.ts';
import { database } from './de/database.ts';
import { deleted } from './de/deleted.ts';
import { home } from './de/home.ts';
import { logs } from './de/logs.ts';
import { maintenance } from './de/maintenance.ts';
import { monitoring } from './de/monitoring.ts';
import { policyHistory } from './de/policy-history.ts';
import { quotas } from './de/quotas.ts';
import { schedules } from './de/schedules.ts';
import { settings } from './de/settings.ts';
import { shell } from './de/shell.ts';
import { start } from './de/start.ts';
import { session } from './de/session.ts';
import { common } from './de/common.ts';
import { objects } from './de/objects.ts';
import type { Messages } from './messages.ts';

/** German; a chunk of its own. */
export const de: Messages = {
  shell,
  home,
  start,
  maintenance,
  monitoring,
  quotas,
  policyHistory,
  schedules,
  deleted,
  database,
  access,
  audit,
  backups,
  logs,
  services,
  settings,
  session,
  common,
  objects,
  search,
  usage,
  webhooks,
  account,
  buckets,
  links,
  policies,
  jobs,
  details,
  picture,
  versions,
  preview,
  transfer,
  uploads,
  exif,
  people,
  keys,
};
