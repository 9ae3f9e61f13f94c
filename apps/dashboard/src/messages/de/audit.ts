import type { Messages } from '../messages.ts';

export const audit: Messages['audit'] = {
  change: 'Änderung',
  before: 'Vorher',
  after: 'Nachher',
  logs: 'Protokollzeilen dieser Anfrage',
  prune: 'Alte Einträge entfernen',
  pruneGo: 'Entfernen',
  pruneText:
    'Einträge am Anfang werden endgültig entfernt. Exportieren Sie sie vorher. Das Protokoll vermerkt, dass und wann sie entfernt wurden.',
  olderThan: 'Älter als, in Tagen',
  atLeast: (days) => `Mindestens ${days} Tage.`,
  pruned: (count) => (count === 1 ? '1 Zeile entfernt' : `${count} Zeilen entfernt`),
  removedThrough: (row, when) => ` Zeilen bis ${row} wurden am ${when} entfernt.`,
};
