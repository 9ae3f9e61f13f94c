import type { Messages } from '../messages.ts';

export const access: Messages['access'] = {
  roles: 'Rollen',
  rolesText: 'Was eine Rolle erlaubt, wo immer sie vergeben ist. Eingebaute sind überall gleich.',
  builtIn: 'Eingebaut',
  permissions: (count) => (count === 1 ? '1 Recht' : `${count} Rechte`),
  show: (name) => `Rechte von ${name}`,
  showIt: 'Rechte',
  close: 'Schließen',
};
