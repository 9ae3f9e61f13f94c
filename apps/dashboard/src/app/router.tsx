import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { systemQuery } from '../api/system-query.ts';
import { parseAuditFilter } from '../features/audit/audit-filter.ts';
import { bucketQuery } from '../features/buckets/bucket-queries.ts';
import { parseLinkFilter } from '../features/links/link-queries.ts';
import { folderQuery } from '../features/objects/object-queries.ts';
import type { SearchQuestion } from '../features/search/search-queries.ts';
import { parseSettingFilter } from '../features/settings/setting-filter.ts';
import { mayLoadSignedIn, sessionQuery } from '../features/session/session-query.ts';
import type { UsageQuestion } from '../features/usage/usage-queries.ts';
import { type DeliveryFilter, parseDeliveryFilter } from '../features/webhooks/webhook-queries.ts';
import { type Creatable, parseCreate } from '../ui/use-create-request.ts';
import { NotFoundPage, RouteErrorPage } from './fallback-pages.tsx';

interface RouterContext {
  readonly client: QueryClient;
}

const rootRoute = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFoundPage });

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: (search: Record<string, unknown>): { to?: string } => (isLocalPath(search['to']) ? { to: search['to'] } : {}),
  beforeLoad: async ({ context, search }) => {
    const session = await context.client.ensureQueryData(sessionQuery).catch(() => null);
    if (session !== null) throw redirect({ href: search.to ?? '/', replace: true });
  },
  component: lazyRouteComponent(() => import('../features/session/login-page.tsx'), 'LoginPage'),
});

const ssoRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sso',
  component: lazyRouteComponent(() => import('../features/session/sso-page.tsx'), 'SsoPage'),
});

const welcomeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/welcome',
  component: lazyRouteComponent(() => import('../features/session/welcome-page.tsx'), 'WelcomePage'),
});

const enrolRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/enrol',
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session?.mustEnrol !== true) throw redirect({ to: '/', replace: true });
  },
  component: lazyRouteComponent(() => import('./enrol-page.tsx'), 'EnrolPage'),
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session === null) throw redirect({ to: '/login', search: location.href === '/' ? {} : { to: location.href }, replace: true });
    if (session.mustEnrol) throw redirect({ to: '/enrol', replace: true });
  },
  component: lazyRouteComponent(() => import('./shell.tsx'), 'Shell'),
});

const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../features/home/home-page.tsx'), 'HomePage'),
});

const bucketsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/buckets',
  validateSearch: parseCreate,
  component: lazyRouteComponent(() => import('../features/buckets/buckets-page.tsx'), 'BucketsPage'),
});

const bucketRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/buckets/$bucket',
  validateSearch: (search: Record<string, unknown>): { prefix?: string; object?: string; view?: 'grid' | 'deleted' } => ({
    ...(search['view'] === 'grid' || search['view'] === 'deleted' ? { view: search['view'] } : {}),
    ...(typeof search['prefix'] === 'string' && search['prefix'].endsWith('/') ? { prefix: search['prefix'] } : {}),
    ...(typeof search['object'] === 'string' && search['object'] !== '' ? { object: search['object'] } : {}),
  }),
  loaderDeps: ({ search: { prefix = '' } }) => ({ prefix }),
  // What the page asks for first is asked for while its code is on the way, or while the pointer rests on a link to it.
  loader: ({ context: { client }, params: { bucket }, deps: { prefix } }) => {
    void client.prefetchQuery(systemQuery);
    void client.prefetchQuery(bucketQuery(bucket));
    const folder = folderQuery(bucket, prefix);
    if (client.getQueryData(folder.queryKey) === undefined) void client.prefetchInfiniteQuery(folder);
  },
  component: lazyRouteComponent(() => import('./bucket-page.tsx'), 'BucketPage'),
});

const textParameters = (search: Record<string, unknown>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (typeof search[name] === 'string' && search[name] !== '' ? [[name, search[name]]] : [])));

const servicesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/services',
  validateSearch: (search: Record<string, unknown>): { service?: string; request?: string } =>
    textParameters(search, ['service', 'request']),
  component: lazyRouteComponent(() => import('../features/services/services-page.tsx'), 'ServicesPage'),
});

const searchRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/search',
  validateSearch: (search: Record<string, unknown>): SearchQuestion => textParameters(search, ['text', 'bucket', 'type', 'sort']),
  component: lazyRouteComponent(() => import('../features/search/search-page.tsx'), 'SearchPage'),
});

const usageRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/usage',
  validateSearch: (search: Record<string, unknown>): UsageQuestion => textParameters(search, ['by', 'bucket', 'prefix']),
  component: lazyRouteComponent(() => import('../features/usage/usage-page.tsx'), 'UsagePage'),
});

const policiesRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/policies',
  validateSearch: (search: Record<string, unknown>): { bucket?: string; create?: Creatable } => ({
    ...textParameters(search, ['bucket']),
    ...parseCreate(search),
  }),
  component: lazyRouteComponent(() => import('../features/policies/policies-page.tsx'), 'PoliciesPage'),
});

const maintenanceRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/maintenance',
  component: lazyRouteComponent(() => import('../features/maintenance/maintenance-page.tsx'), 'MaintenancePage'),
});

const backupsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/backups',
  component: lazyRouteComponent(() => import('../features/backups/backups-page.tsx'), 'BackupsPage'),
});

const databaseRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/database',
  validateSearch: (search: Record<string, unknown>): { schema?: string } => textParameters(search, ['schema']),
  component: lazyRouteComponent(() => import('../features/database/database-page.tsx'), 'DatabasePage'),
});

const jobsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/jobs',
  validateSearch: parseCreate,
  component: lazyRouteComponent(() => import('../features/jobs/jobs-page.tsx'), 'JobsPage'),
});

const accessRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/access',
  validateSearch: parseCreate,
  component: lazyRouteComponent(() => import('../features/access/access-page.tsx'), 'AccessPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/account/account-page.tsx'), 'AccountPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/audit',
  validateSearch: parseAuditFilter,
  component: lazyRouteComponent(() => import('../features/audit/audit-page.tsx'), 'AuditPage'),
});

const linksRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/links',
  validateSearch: parseLinkFilter,
  component: lazyRouteComponent(() => import('../features/links/links-page.tsx'), 'LinksPage'),
});

const webhooksRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/webhooks',
  validateSearch: (search: Record<string, unknown>): DeliveryFilter & { create?: Creatable } => ({
    ...parseDeliveryFilter(search),
    ...parseCreate(search),
  }),
  component: lazyRouteComponent(() => import('../features/webhooks/webhooks-page.tsx'), 'WebhooksPage'),
});

const monitoringRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/monitoring',
  validateSearch: (search: Record<string, unknown>): { range?: string } => textParameters(search, ['range']),
  component: lazyRouteComponent(() => import('../features/monitoring/monitoring-page.tsx'), 'MonitoringPage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/settings',
  validateSearch: parseSettingFilter,
  component: lazyRouteComponent(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
});

const alertsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/alerts',
  component: lazyRouteComponent(() => import('../features/alerts/alerts-page.tsx'), 'AlertsPage'),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  ssoRoute,
  welcomeRoute,
  enrolRoute,
  signedInRoute.addChildren([
    homeRoute,
    bucketsRoute,
    bucketRoute,
    searchRoute,
    usageRoute,
    policiesRoute,
    linksRoute,
    webhooksRoute,
    jobsRoute,
    maintenanceRoute,
    backupsRoute,
    databaseRoute,
    monitoringRoute,
    alertsRoute,
    settingsRoute,
    servicesRoute,
    accessRoute,
    accountRoute,
    auditRoute,
  ]),
]);

/** Routes of the console; each page is its own chunk. */
export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    defaultPreload: 'intent',
    defaultErrorComponent: RouteErrorPage,
    scrollRestoration: false,
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

/** Fetches the code of the page that will most likely be shown, without waiting for the answer who is signed in. */
export function loadRouteCode(router: AppRouter): void {
  const matched: readonly { readonly routeId: string }[] = router.matchRoutes(router.latestLocation);
  const isDoor = matched.some(({ routeId }) => routeId === signedInRoute.id) && !mayLoadSignedIn();
  const wanted = isDoor ? [loginRoute.id] : matched.map(({ routeId }) => routeId);
  for (const { id, options } of Object.values(router.routesById)) {
    // What cannot be fetched is fetched again, and reported, by the router.
    if (wanted.includes(id)) void preloadOf(options.component)?.().catch(() => {});
  }
}

function preloadOf(component: unknown): (() => Promise<unknown>) | undefined {
  const preload: unknown = typeof component === 'function' && 'preload' in component ? component.preload : undefined;
  return typeof preload === 'function' ? async () => preload() : undefined;
}

/** Only paths of this site: never `//host` or a full address. */
function isLocalPath(value: unknown): value is string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value);
}

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
