import type { Messages } from '../messages.ts';

export const services: Messages['services'] = {
  title: 'Dienste',
  allHealthy: 'Alle Dienste laufen einwandfrei',
  someHealthy: (healthy, all) => `${healthy} von ${all} Diensten laufen einwandfrei`,
  facts: { uptime: 'Läuft seit', cpu: 'CPU', memory: 'Speicher', port: 'Port', restarts: 'Neustarts' },
  instances: (service) => `Instanzen von ${service}`,
  cpuHint: 'Anteil eines Kerns, in den letzten Sekunden.',
  cpuLimit: (limit) => `Höchstens ${limit} eines Kerns.`,
  memoryLimit: (limit) => `Höchstens ${limit}.`,
  noFigure: 'Auf einem Knoten, dessen Werte von hier aus nicht zu lesen sind.',
  node: (name) => `auf ${name}`,
};
