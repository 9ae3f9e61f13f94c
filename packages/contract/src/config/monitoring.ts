import { z } from 'zod';
import { field, flag, integer, list, port, secret, text, url } from './field.ts';

const percent = (fallback: number) => integer(1, 100).default(fallback);

/** When an alert fires. */
export const alertThresholdsSchema = z.strictObject({
  errorPercent: field(percent(5), {
    description: 'Requests answered with 5xx, of all, over five minutes.',
    unit: 'percent',
    env: ['SUPASTOR_ALERT_ERROR_PERCENT'],
  }),
  p99Ms: field(integer(1, 600_000).default(2000), {
    description: '99th percentile of the time requests take, over five minutes.',
    unit: 'milliseconds',
    env: ['SUPASTOR_ALERT_P99_MS'],
  }),
  diskFreePercent: field(percent(10), {
    description: 'What is free of the disk of the byte store.',
    unit: 'percent',
    env: ['SUPASTOR_ALERT_DISK_FREE_PERCENT'],
  }),
  diskFullDays: field(integer(1, 365).default(4), {
    description: 'Days until the disk is full, by the forecast.',
    unit: 'days',
    env: ['SUPASTOR_ALERT_DISK_FULL_DAYS'],
  }),
  connectionsPercent: field(percent(85), {
    description: 'Connections to Postgres, of those it accepts.',
    unit: 'percent',
    env: ['SUPASTOR_ALERT_CONNECTIONS_PERCENT'],
  }),
  transactionSeconds: field(integer(1, 86_400).default(1800), {
    description: 'Age of the oldest open transaction.',
    unit: 'seconds',
    env: ['SUPASTOR_ALERT_TRANSACTION_SECONDS'],
  }),
  replicationLagSeconds: field(integer(1, 86_400).default(30), {
    description: 'How far a replica of Postgres is behind.',
    unit: 'seconds',
    env: ['SUPASTOR_ALERT_REPLICATION_LAG_SECONDS'],
  }),
  webhookFailurePercent: field(percent(50), {
    description: 'Attempts to deliver a webhook that fail, of all, over fifteen minutes.',
    unit: 'percent',
    env: ['SUPASTOR_ALERT_WEBHOOK_FAILURE_PERCENT'],
  }),
  deadLetters: field(integer(0).default(0), {
    description: 'Webhook messages that were given up; more than this many fire.',
    env: ['SUPASTOR_ALERT_DEAD_LETTERS'],
  }),
  collectorBacklog: field(integer(1).default(100_000), {
    description: 'Retired versions whose bytes wait for removal, for an hour.',
    env: ['SUPASTOR_ALERT_COLLECTOR_BACKLOG'],
  }),
  certificateDays: field(integer(1, 365).default(14), {
    description: 'Days until the certificate of a public URL expires.',
    unit: 'days',
    env: ['SUPASTOR_ALERT_CERTIFICATE_DAYS'],
  }),
});
export type AlertThresholds = z.infer<typeof alertThresholdsSchema>;

/** Who is told of alerts. A channel is on once its address is set. */
export const notifySchema = z.strictObject({
  mailTo: field(list().default([]), { description: 'Addresses that get a mail, through `mail`.', env: ['SUPASTOR_NOTIFY_MAIL_TO'] }),
  webhookUrl: field(url('https://example.org/alerts').optional(), {
    description: 'Gets a signed POST with JSON.',
    env: ['SUPASTOR_NOTIFY_WEBHOOK_URL'],
  }),
  webhookSecret: secret({ description: 'Key of the signatures for `webhookUrl`.', env: ['SUPASTOR_NOTIFY_WEBHOOK_SECRET'] }, 16).optional(),
  slackUrl: secret({ description: 'URL of an incoming webhook of Slack.', env: ['SUPASTOR_NOTIFY_SLACK_URL'] }).optional(),
  telegramToken: secret({ description: 'Token of a Telegram bot.', env: ['SUPASTOR_NOTIFY_TELEGRAM_TOKEN'] }).optional(),
  telegramChat: field(text().optional(), {
    description: 'Chat that the bot writes to, such as "-1001234567890" or "@channel".',
    env: ['SUPASTOR_NOTIFY_TELEGRAM_CHAT'],
  }),
  telegramUrl: field(url('https://api.telegram.org').default('https://api.telegram.org'), {
    description: 'Server of the Telegram Bot API.',
    env: ['SUPASTOR_NOTIFY_TELEGRAM_URL'],
  }),
  ntfyUrl: field(url('https://ntfy.sh/my-topic').optional(), {
    description: 'Topic at an ntfy server, such as https://ntfy.sh/my-topic.',
    env: ['SUPASTOR_NOTIFY_NTFY_URL'],
  }),
  ntfyToken: secret({ description: 'Access token of the ntfy server.', env: ['SUPASTOR_NOTIFY_NTFY_TOKEN'] }).optional(),
  groupSeconds: field(integer(0, 3600).default(30), {
    description: 'Alerts that change within this time share a message.',
    unit: 'seconds',
    env: ['SUPASTOR_NOTIFY_GROUP_SECONDS'],
  }),
  repeatMinutes: field(integer(1, 10_080).default(240), {
    description: 'An alert that still fires is told again after this long, until somebody acknowledges or silences it.',
    unit: 'minutes',
    env: ['SUPASTOR_NOTIFY_REPEAT_MINUTES'],
  }),
  allowPrivate: field(flag().default(false), {
    description: 'Let channels be on this machine, in private networks or without TLS.',
    env: ['SUPASTOR_NOTIFY_ALLOW_PRIVATE'],
  }),
});
export type NotifySettings = z.infer<typeof notifySchema>;

/** What is measured, and who is told when something is wrong. */
export const monitoringSchema = z.strictObject({
  enabled: field(flag().default(true), {
    description: 'Sample all services every 15 seconds, keep a week of it in Postgres and evaluate the alert rules.',
    env: ['SUPASTOR_MONITORING_ENABLED'],
  }),
  storageUrls: field(
    list()
      .refine((parts) => parts.every((part) => URL.canParse(part)), 'expected URLs such as http://storage:5000')
      .default([]),
    {
      description: 'Storage servers to sample; every address behind a name is one. Default: the one of this stack.',
      env: ['SUPASTOR_MONITORING_STORAGE_URLS'],
    },
  ),
  scrapeToken: secret(
    {
      description: 'Bearer token that lets Prometheus read /metrics of admin-api. Without it an API key with metrics:read is needed.',
      env: ['SUPASTOR_MONITORING_SCRAPE_TOKEN'],
    },
    16,
  ).optional(),
  grafanaPassword: secret(
    { description: 'Password of the user `admin` of the Grafana of this stack.', env: ['SUPASTOR_GRAFANA_PASSWORD'] },
    8,
  ).optional(),
  grafanaPort: field(port().default(3000), {
    description: 'Port of 127.0.0.1 that the Grafana of this stack listens on.',
    unit: 'port',
    env: ['SUPASTOR_GRAFANA_PORT'],
  }),
  alerts: alertThresholdsSchema.prefault({}),
  notify: notifySchema.prefault({}),
});
