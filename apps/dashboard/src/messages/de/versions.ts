import type { Messages } from '../messages.ts';

export const versions: Messages['versions'] = {
  compared: 'Verglichen mit der aktuellen Version',
  sameBytes: ' · die Bytes sind gleich',
  differ: 'Die Bytes unterscheiden sich. Besser lässt sich dieser Typ nicht vergleichen; öffnen Sie beide Versionen.',
  earlier: 'Die frühere Version',
  current: 'Die aktuelle Version',
  tooMuch: 'Es ist zu viel, um es zeilenweise zu vergleichen; öffnen Sie beide Versionen.',
  firstOnly: (size) => `Nur die ersten ${size} von beiden werden verglichen.`,
  changes: 'Änderungen',
  keepsNone:
    'Dieser Bucket behält keine Versionen: Was ersetzt oder gelöscht wird, ist weg. „Versionen behalten“ in den Einstellungen des Buckets ändert das.',
  keepsOld: 'Dieser Bucket behält die Versionen, die es gibt, und macht keine neuen.',
  versions: 'Versionen',
  restored: 'Als aktuelle Version wiederhergestellt',
  versionOf: (when) => `Version vom ${when}`,
  isCurrent: 'Aktuell',
  isDeleted: 'Gelöscht',
  open: 'Öffnen',
  compare: 'Vergleichen',
  restore: 'Wiederherstellen',
};
