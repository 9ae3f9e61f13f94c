import type { Messages } from '../messages.ts';

export const logs: Messages['logs'] = {
  time: 'Zeit',
  anyTime: 'Jede Zeit',
  lastMinutes: (minutes) => (minutes === 60 ? 'Letzte Stunde' : `Letzte ${minutes} Minuten`),
  trace: 'Alle Zeilen dieser Anfrage',
  tracing: (id) => `Anfrage ${id}`,
  endTrace: 'Wieder alle Anfragen zeigen',
  levels: { trace: 'Alle Stufen', info: 'Ab Info', warn: 'Ab Warnung', error: 'Fehler' },
  logs: 'Logs',
  service: 'Dienst',
  allServices: 'Alle Dienste',
  level: 'Stufe',
  find: 'In den Logs suchen',
  resume: 'Fortsetzen',
  pause: 'Anhalten',
  clear: 'Leeren',
  lines: 'Logzeilen',
  newest: 'Neueste',
  reading: 'Die letzten Zeilen werden gelesen…',
  noLine: 'Keine Zeile passt zum Filter.',
  nothing: 'Noch nichts protokolliert. Neue Zeilen erscheinen hier, sobald sie geschrieben werden.',
};
