import { SupastorError } from '@supastor/contract/errors';
import {
  alertsAcknowledge,
  alertsList,
  alertsRules,
  alertsSilence,
  alertsSilences,
  alertsTest,
  alertsUnsilence,
} from '@supastor/contract/operations/alerts';
import type { AlertState } from '@supastor/contract/wire/alert';
import { requireIdentity } from '../access/identity.ts';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { requireDatabase } from '../operations/require-database.ts';
import { describeCondition, RULES } from './alert-rules.ts';
import type { Alerting } from './alerting.ts';
import { promqlOfRule } from './prometheus-rules.ts';

/** Null: the server has no database. */
type Context = OperationContext<{ readonly alerting: Alerting | null }>;

const STATES: Readonly<Record<'active' | 'firing' | 'resolved' | 'all', readonly AlertState[]>> = {
  active: ['pending', 'firing'],
  firing: ['firing'],
  resolved: ['resolved'],
  all: ['pending', 'firing', 'resolved'],
};

export const alertHandlers = {
  'alerts.list': implement(alertsList, async ({ state, limit }, { deps }: Context) => {
    const alerting = requireAlerting(deps.alerting);
    return { alerts: [...(await alerting.list(STATES[state], limit))], channels: [...alerting.channels] };
  }),

  'alerts.rules': implement(alertsRules, (_, { deps }: Context) => {
    const { thresholds } = requireAlerting(deps.alerting);
    return {
      rules: RULES.map((rule) => {
        const threshold = rule.threshold(thresholds);
        const { rule: name, title, severity, unit, forSeconds, advice } = rule;
        const promql = promqlOfRule(rule, thresholds);
        return { rule: name, title, severity, unit, forSeconds, advice, threshold, promql, condition: describeCondition(rule, threshold) };
      }),
    };
  }),

  'alerts.silences': implement(alertsSilences, async (_, { deps }: Context) => ({
    silences: [...(await requireAlerting(deps.alerting).silences())],
  })),

  'alerts.silence': implement(alertsSilence, async ({ rule, subject, minutes, reason }, { deps, identity, recordChange }: Context) => {
    const by = requireIdentity(identity).email;
    const wish = { rule: rule ?? null, subject: subject ?? null, reason, by };
    const silence = await requireAlerting(deps.alerting).silence(wish, minutes * 60_000);
    recordChange({ after: silence });
    return silence;
  }),

  'alerts.unsilence': implement(alertsUnsilence, async ({ id }, { deps, recordChange }: Context) => {
    const silence = await requireAlerting(deps.alerting).unsilence(id);
    if (!silence) throw missing(`There is no silence ${id}.`, 'supastor alerts silences');
    recordChange({ before: silence });
    return {};
  }),

  'alerts.acknowledge': implement(alertsAcknowledge, async ({ id, note }, { deps, identity, recordChange }: Context) => {
    const alert = await requireAlerting(deps.alerting).acknowledge(id, requireIdentity(identity).email, note ?? null);
    if (!alert) throw missing(`There is no alert ${id} that is still open.`, 'supastor alerts list');
    recordChange({ after: { acknowledgedBy: alert.acknowledgedBy, note: alert.note } });
    return alert;
  }),

  'alerts.test': implement(alertsTest, async ({ channel }, { deps, signal }: Context) => {
    const alerting = requireAlerting(deps.alerting);
    if (alerting.channels.length === 0 || (channel !== undefined && !alerting.channels.includes(channel))) {
      const name = channel === undefined ? 'No channel' : `The channel ${channel}`;
      throw new SupastorError('SJ_CONFLICT', `${name} is ${channel === undefined ? '' : 'not '}set up.`, {
        hint: 'Set addresses under `monitoring.notify`, such as monitoring.notify.ntfyUrl, then run `supastor up`.',
      });
    }
    return { results: [...(await alerting.test(channel ?? null, signal))] };
  }),
};

function requireAlerting(alerting: Alerting | null): Alerting {
  return requireDatabase(alerting, 'keeps no alerts');
}

function missing(message: string, hint: string): SupastorError {
  return new SupastorError('SJ_NOT_FOUND', message, { hint: `Look with \`${hint}\`.` });
}
