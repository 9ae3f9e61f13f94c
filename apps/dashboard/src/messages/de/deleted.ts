import type { Messages } from '../messages.ts';

export const deleted: Messages['deleted'] = {
  title: 'Gelöschte Objekte',
  open: 'Gelöschte Objekte',
  back: 'Zurück zu den Objekten',
  none: 'Hier wurde nichts gelöscht',
  noneText: 'Dieser Bucket behält Versionen: Gelöschtes steht hier und kann zurückgeholt werden.',
  noVersions: 'Dieser Bucket behält keine Versionen: Gelöschtes ist weg. „Versionen behalten“ in seinen Einstellungen ändert das ab dann.',
  deleted: 'Gelöscht',
  restore: 'Wiederherstellen',
  restoreIt: (path) => `${path} wiederherstellen`,
  restoreChosen: (count) => (count === 1 ? '1 Objekt wiederherstellen' : `${count} Objekte wiederherstellen`),
  restoreAll: 'Alle wiederherstellen',
  restored: (count) => (count === 1 ? '1 Objekt wiederhergestellt' : `${count} Objekte wiederhergestellt`),
  undo: 'Rückgängig',
  undone: 'Wieder gelöscht',
  choose: (path) => `${path} auswählen`,
  chooseAll: 'Alle gezeigten auswählen',
  shown: (count, hasMore) => (hasMore ? `Die ersten ${count}` : count === 1 ? '1 Objekt' : `${count} Objekte`),
  more: 'Mehr zeigen',
};
