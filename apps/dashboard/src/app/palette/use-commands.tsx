import ActionIcon from '@mui/icons-material/BoltOutlined';
import BucketIcon from '@mui/icons-material/Inventory2Outlined';
import { useColorScheme } from '@mui/material/styles';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { bucketsQuery } from '../../features/buckets/bucket-queries.ts';
import { useSignOut } from '../../features/session/use-sign-out.ts';
import { useLanguage, useMessages } from '../../messages/locale-provider.tsx';
import { LANGUAGE_CODES, LANGUAGES, type Messages } from '../../messages/messages.ts';
import type { Creatable } from '../../ui/use-create-request.ts';
import { MODES } from '../appearance-menu.tsx';
import { DENSITIES, setDensity } from '../density.ts';
import { PAGE_GROUPS } from '../pages.tsx';

export interface Command {
  readonly id: string;
  readonly group: keyof Messages['shell']['palette']['groups'];
  readonly label: string;
  /** Where it belongs; found as well. */
  readonly detail?: string;
  readonly icon: ReactNode;
  readonly run: () => void;
}

const NOTHING: readonly string[] = [];

interface CreateCommand {
  readonly thing: Creatable;
  /** The page that asks for the rest. */
  readonly to: '/buckets' | '/policies' | '/access' | '/webhooks' | '/jobs';
  readonly permission: string;
}

/** What can be made from anywhere. */
const CREATE_COMMANDS: readonly CreateCommand[] = [
  { thing: 'bucket', to: '/buckets', permission: 'buckets:write' },
  { thing: 'policy', to: '/policies', permission: 'policies:write' },
  { thing: 'user', to: '/access', permission: 'users:write' },
  { thing: 'role', to: '/access', permission: 'roles:write' },
  { thing: 'api-key', to: '/access', permission: 'apiKeys:write' },
  { thing: 's3-key', to: '/access', permission: 's3Keys:write' },
  { thing: 'webhook', to: '/webhooks', permission: 'webhooks:write' },
  { thing: 'schedule', to: '/jobs', permission: 'jobs:write' },
];

/** Everything the palette offers: pages, buckets, actions. */
export function useCommands(): readonly Command[] {
  const t = useMessages().shell;
  const router = useRouter();
  const buckets = useQuery(bucketsQuery).data;
  const held = useQuery(heldPermissionsQuery).data ?? NOTHING;
  const { mutate: signOut } = useSignOut();
  const { setMode } = useColorScheme();
  const { choose } = useLanguage();
  // The palette compares all of them with what is typed, and not with every move of the pointer.
  return useMemo(() => {
    const pages = PAGE_GROUPS.flatMap((group) =>
      group.pages.map(({ id, to, icon }): Command => ({
        id: to,
        group: 'pages',
        label: t.pages[id],
        detail: t.groups[group.id],
        icon,
        run: () => void router.navigate({ to }),
      })),
    );
    return [
      ...pages,
      { ...action('account', t.account.yours, () => void router.navigate({ to: '/account' })), group: 'pages' },
      ...(buckets ?? []).map(({ id }): Command => ({
        id: `bucket ${id}`,
        group: 'buckets',
        label: id,
        icon: <BucketIcon />,
        run: () => void router.navigate({ to: '/buckets/$bucket', params: { bucket: id } }),
      })),
      ...CREATE_COMMANDS.filter(({ permission }) => held.includes(permission)).map(({ thing, to }) =>
        action(`create ${thing}`, t.palette.create[thing], () => void router.navigate({ to, search: { create: thing } })),
      ),
      ...MODES.map((mode) => action(`theme ${mode}`, t.palette.theme(t.appearance[mode]), () => setMode(mode))),
      ...DENSITIES.map((density) => action(`density ${density}`, t.palette.density(t.appearance[density]), () => setDensity(density))),
      ...LANGUAGE_CODES.map((code) => action(`language ${code}`, t.palette.language(LANGUAGES[code]), () => choose(code))),
      action('sign-out', t.account.signOut, () => signOut()),
    ];
  }, [t, router, buckets, held, signOut, setMode, choose]);
}

function action(id: string, label: string, run: () => void): Command {
  return { id, group: 'actions', label, icon: <ActionIcon />, run };
}
