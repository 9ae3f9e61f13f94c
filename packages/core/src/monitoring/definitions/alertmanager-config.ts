import type { NotifySettings } from '@supastor/contract/config/monitoring';
import type { Config } from '@supastor/contract/config/schema';

/**
 * Configuration of Alertmanager, as plain data with the secrets in it: the same channels that the built-in notifications have. Our signed
 * webhook is not among them: Alertmanager signs nothing, and its body is another one.
 */
export function alertmanagerConfig({ monitoring: { notify }, mail }: Pick<Config, 'monitoring' | 'mail'>) {
  const receiver = {
    name: 'operators',
    ...(mail.host !== undefined && notify.mailTo.length > 0 && { email_configs: notify.mailTo.map((to) => ({ to, send_resolved: true })) }),
    ...slackReceiver(notify),
    ...telegramReceiver(notify),
    ...ntfyReceiver(notify),
  };
  return {
    ...(mail.host !== undefined && {
      global: {
        smtp_smarthost: `${mail.host}:${mail.port}`,
        smtp_from: mail.from ?? `supastor@${mail.host}`,
        smtp_require_tls: mail.user !== undefined && !mail.secure,
        ...(mail.user !== undefined && { smtp_auth_username: mail.user, smtp_auth_password: mail.password?.reveal() ?? '' }),
      },
    }),
    route: {
      receiver: receiver.name,
      group_by: ['...'],
      group_wait: `${notify.groupSeconds}s`,
      group_interval: '5m',
      repeat_interval: `${notify.repeatMinutes}m`,
    },
    receivers: [receiver],
    // What makes everything slow or fail is not told once more for each thing that is slow or fails.
    inhibit_rules: [{ source_matchers: ['alertname="instance-down"'], target_matchers: ['alertname=~"latency|error-rate"'] }],
  };
}

/** The channels that are left to the built-in notifications where Alertmanager has the others: nobody is told twice. */
export function channelsWithoutAlertmanager({ monitoring: { notify }, mail }: Pick<Config, 'monitoring' | 'mail'>): NotifySettings {
  const hasTelegram = Object.keys(telegramReceiver(notify)).length > 0;
  return {
    ...notify,
    mailTo: mail.host === undefined ? notify.mailTo : [],
    slackUrl: undefined,
    ntfyUrl: undefined,
    ...(hasTelegram && { telegramToken: undefined }),
  };
}

function slackReceiver({ slackUrl }: NotifySettings) {
  return slackUrl === undefined ? {} : { slack_configs: [{ api_url: slackUrl.reveal(), send_resolved: true, title: TITLE, text: TEXT }] };
}

function telegramReceiver({ telegramToken: token, telegramChat: chat, telegramUrl }: NotifySettings) {
  // Alertmanager takes numbers only; a channel by name is for the built-in notifications.
  if (token === undefined || chat === undefined || !/^-?\d+$/.test(chat)) return {};
  const message = `${TITLE}\n${TEXT}`;
  return {
    telegram_configs: [
      { bot_token: token.reveal(), chat_id: Number(chat), api_url: telegramUrl, message, parse_mode: '', send_resolved: true },
    ],
  };
}

/** ntfy reads the body of Alertmanager with the template of that name. */
function ntfyReceiver({ ntfyUrl, ntfyToken }: NotifySettings) {
  if (ntfyUrl === undefined) return {};
  const url = new URL(ntfyUrl);
  url.searchParams.set('template', 'alertmanager');
  const authorization =
    ntfyToken === undefined ? {} : { http_config: { authorization: { type: 'Bearer', credentials: ntfyToken.reveal() } } };
  return { webhook_configs: [{ url: url.href, send_resolved: true, ...authorization }] };
}

const TITLE = '{{ .Status | toUpper }}: {{ range .Alerts }}{{ .Annotations.summary }} {{ end }}';
const TEXT = '{{ range .Alerts }}{{ .Annotations.description }}\n{{ .Annotations.advice }}\n{{ end }}';
