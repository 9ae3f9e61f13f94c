import type { Messages } from '../messages.ts';

export const logs: Messages['logs'] = {
  time: 'Zeit',
  anyTime: 'Jede Zeit',
  lastMinutes: (minutes) => (minutes === 60 ? 'Letzte Stunde' : `Letzte ${minutes} Minuten`),
  trace: 'Alle Zeilen dieser Anfrage',
  tracing: (id) => `Anfrage ${id}`,
  endTrace: 'Wieder alle Anfragen zeigen',
};
