import type { Messages } from '../messages.ts';

export const policyHistory: Messages['policyHistory'] = {
  title: 'Verlauf',
  none: 'Hier wurde noch keine Richtlinie geändert. Jede Änderung steht hier und kann zurückgenommen werden.',
  actions: { create: 'Angelegt', update: 'Geändert', delete: 'Gelöscht', rollback: 'Zurückgenommen' },
  by: (who) => `von ${who}`,
  takenBack: 'Zurückgenommen',
  show: 'Zeigen',
  showIt: (name) => `Änderung von ${name} zeigen`,
  text: 'Die Richtlinie wird wieder, wie sie vor dieser Änderung war. Das wird abgelehnt, wenn sie seitdem noch einmal geändert wurde.',
  takeBack: 'Zurücknehmen',
  done: (name) => `Die Änderung von ${name} ist zurückgenommen`,
  close: 'Schließen',
  more: 'Ältere zeigen',
};
