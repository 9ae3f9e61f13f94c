import type { Messages } from '../messages.ts';

export const search: Messages['search'] = {
  sorts: { name: 'Name', largest: 'Größte', newest: 'Neueste', oldest: 'Älteste' },
  search: 'Suche',
  searchText: 'In allen Buckets. Mit * oder ? ist der Text ein Muster für den ganzen Pfad: **/*.png',
  none: 'Nichts gefunden',
  noneText: 'Kein Objekt passt dazu. Versuchen Sie es mit einem Teil des Namens, oder lassen Sie ein Feld leer.',
  more: 'Mehr zeigen',
  name: 'Name',
  bucket: 'Bucket',
  type: 'Typ',
  first: 'Zuerst',
  searchIt: 'Suchen',
  found: 'Gefundene Objekte',
  object: 'Objekt',
  size: 'Größe',
  changed: 'Geändert',
};
