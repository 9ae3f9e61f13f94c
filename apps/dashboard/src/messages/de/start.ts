import type { Messages } from '../messages.ts';

export const start: Messages['start'] = {
  title: 'Erste Schritte',
  dismiss: 'Ausblenden',
  done: (count, total) => `${count} von ${total} erledigt`,
  isDone: 'Erledigt',
  isOpen: 'Offen',
  factor: 'Das eigene Konto schützen',
  factorText: 'Ein zweiter Faktor oder ein Passkey: Ein gestohlenes Passwort allein öffnet dann nichts.',
  factorGo: 'Einrichten',
  bucket: 'Einen Bucket anlegen',
  bucketText: 'Er enthält Objekte und sagt, wer sie lesen darf, wie groß sie sein dürfen und von welchem Typ.',
  bucketGo: 'Zu den Buckets',
  code: 'Aus Programmen nutzen',
  codeText: 'Jeder Client für Supabase Storage oder S3 geht. Die Adresse ist die dieser Installation.',
  client: 'Client',
  show: 'Schlüssel zeigen',
  hide: 'Schlüssel verbergen',
  showText: 'Der Dienstschlüssel umgeht alle Richtlinien: nur für Server, nie für Browser. Das Zeigen steht danach im Protokoll.',
  makeKey: 'S3-Schlüssel anlegen',
  makeKeyText: 'Darf Objekte lesen und schreiben; widerrufen unter „Zugang“. Sein Geheimnis wird nur dieses eine Mal gezeigt.',
  snippet: (client) => `Code für ${client}`,
};
