import type { QueryClient } from '@tanstack/react-query';
import { createQueryClient } from './query-client.ts';
import { type AppRouter, createAppRouter, loadRouteCode } from './router.tsx';

/** What lives as long as the window does. */
export interface Runtime {
  readonly client: QueryClient;
  readonly router: AppRouter;
}

/** Makes the cache and the router; the code of the page of the address is on its way then. */
export function createRuntime(): Runtime {
  const client = createQueryClient(() => void router.invalidate());
  const router: AppRouter = createAppRouter(client);
  loadRouteCode(router);
  return { client, router };
}
