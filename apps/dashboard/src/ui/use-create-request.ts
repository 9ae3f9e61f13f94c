import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useEffectEvent } from 'react';

/** What an address can ask a page to make (`?create=bucket`): the command palette does. */
const CREATABLE = ['bucket', 'policy', 'user', 'role', 'api-key', 's3-key', 'webhook', 'schedule'] as const;
export type Creatable = (typeof CREATABLE)[number];

/** Runs once when the address asks for a new one of these, and takes the question out of the address: going back does not ask again. */
export function useCreateRequest(thing: Creatable, onAsked: () => void): void {
  const isAsked = useSearch({ strict: false }).create === thing;
  const navigate = useNavigate();
  const answer = useEffectEvent(() => {
    onAsked();
    void navigate({ to: '.', search: (search) => ({ ...search, create: undefined }), replace: true });
  });
  useEffect(() => {
    if (isAsked) answer();
  }, [isAsked]);
}

/** The question out of the parameters of an address. */
export function parseCreate(search: Readonly<Record<string, unknown>>): { create?: Creatable } {
  const create = CREATABLE.find((thing) => thing === search['create']);
  return create === undefined ? {} : { create };
}
