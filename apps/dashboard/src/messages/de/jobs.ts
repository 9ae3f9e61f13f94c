import type { Messages } from '../messages.ts';

export const jobs: Messages['jobs'] = {
  states: { queued: 'Wartet', running: 'Läuft', done: 'Fertig', failed: 'Fehlgeschlagen', cancelled: 'Abgebrochen' },
  jobs: 'Aufträge',
  jobsText: 'Arbeit an vielen Objekten. Sie geht weiter, wenn Sie die Seite verlassen, und auf einem anderen Server, wenn einer stirbt.',
  none: 'Noch keine Aufträge',
  noneText: 'Einen Ordner zu verschieben, zu kopieren oder zu löschen startet einen.',
  stopping: 'Hält an',
  progressOf: (title) => `Fortschritt von ${title}`,
  of: (total) => ` von ${total}`,
  objects: 'Objekte',
  cancel: 'Abbrechen',
  tryAgain: 'Noch einmal versuchen',
  remove: 'Entfernen',
};
