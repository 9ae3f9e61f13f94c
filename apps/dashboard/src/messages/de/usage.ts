import type { Messages } from '../messages.ts';

export const usage: Messages['usage'] = {
  groups: { bucket: 'Bucket', folder: 'Ordner', type: 'Typ', owner: 'Besitzer', age: 'Alter' },
  ages: { day: 'Heute geändert', week: 'Diese Woche', month: 'Diesen Monat', year: 'Dieses Jahr', older: 'Älter als ein Jahr' },
  largest: 'Größte',
  longestUnchanged: 'Am längsten unverändert',
  shares: 'Anteile',
  usage: 'Belegung',
  groupBy: 'Gruppieren nach',
  none: 'Hier ist nichts gespeichert',
  noneText: 'Laden Sie etwas hoch und sehen Sie dann wieder nach.',
  total: (size, objects) => `${size} in ${objects} Objekten`,
  share: 'Anteil',
  size: 'Größe',
  objects: 'Objekte',
  rest: 'Alles andere',
  nobody: 'Niemand',
  allBuckets: 'Alle Buckets',
  where: 'Wo',
};
