import { keys } from './en/keys.ts';
import { people } from './en/people.ts';
import { exif } from './en/exif.ts';
import { uploads } from './en/uploads.ts';
import { transfer } from './en/transfer.ts';
import { preview } from './en/preview.ts';
import { versions } from './en/versions.ts';
import { picture } from './en/picture.ts';
import { details } from './en/details.ts';
import { jobs } from './en/jobs.ts';
import { policies } from './en/policies.ts';
import { links } from './en/links.ts';
import { buckets } from './en/buckets.ts';
import { account } from './en/account.ts';
import { webhooks } from './en/webhooks.ts';
import { usage } from './en/usage.ts';
import { services } from './en/services.ts';
import { search } from './en/search.ts';
import { access } from './en/access.ts';
import { audit } from './en/audit.ts';
import { backups } from './en/backups.ts';
import { database } from './en/database.ts';
import { deleted } from './en/deleted.ts';
import { home } from './en/home.ts';
import { logs } from './en/logs.ts';
import { maintenance } from './en/maintenance.ts';
import { monitoring } from './en/monitoring.ts';
import { policyHistory } from './en/policy-history.ts';
import { quotas } from './en/quotas.ts';
import { schedules } from './en/schedules.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { start } from './en/start.ts';
import { session } from './en/session.ts';
import { common } from './en/common.ts';
import { objects } from './en/objects.ts';

/** English, the language whose catalogue says which messages there are. */
export const en = {
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
