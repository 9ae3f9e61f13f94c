import { type Preferences, preferencesSchema } from '@supastor/contract/operations/preferences';
import type { PreferenceStore } from '@supastor/core/access/preference.port';
import { explainLoss, type Query } from './query.ts';

/** Preferences in `supastor.preferences`, a document per user. */
export function createPreferenceStore(query: Query): PreferenceStore {
  return {
    async read(userId) {
      const { rows } = await query('select document from supastor.preferences where user_id = $1', [userId]).catch(explainLoss);
      return rows[0] ? toPreferences(rows[0]) : null;
    },
    async merge(userId, changed) {
      const { rows } = await query(
        `insert into supastor.preferences as kept (user_id, document) values ($1, $2::jsonb)
         on conflict (user_id) do update set document = kept.document || excluded.document, changed_at = now() returning document`,
        [userId, JSON.stringify(changed)],
      ).catch(explainLoss);
      return rows[0] ? toPreferences(rows[0]) : changed;
    },
  };
}

/** What an older or newer version wrote and this one cannot read counts as not chosen. */
function toPreferences({ document }: Readonly<Record<string, unknown>>): Partial<Preferences> {
  const parsed = preferencesSchema.partial().loose().safeParse(document);
  if (!parsed.success) return {};
  const { home, startDismissed } = parsed.data;
  return { ...(home !== undefined && { home }), ...(startDismissed !== undefined && { startDismissed }) };
}
