// The addresses of the dashboard. The server answers each of them with the same page (PAGES in
// packages/server/src/http/routes/dashboard.ts). Pages are loaded when they are first gone to.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { pageOf } from './page-loading.ts';
import { readSuppressionSearch } from './pages/channels/suppression-search.ts';
import { readListSearch } from './pages/follow-up/list-search.ts';
import { readInsightSearch } from './pages/insight/insight-search.ts';
import { readNewPolicySearch, readPolicySearch } from './pages/policy/policy-search.ts';
import { readPeopleSearch } from './pages/recipient/list-search.ts';
import { readScheduleSearch } from './pages/schedule/schedule-search.ts';
import { sessionQuery } from './queries.ts';
import { Broken, BrokenAlone, Missing, Pending } from './shell/trouble.tsx';

interface Context {
  readonly queries: QueryClient;
}

const lazyPage = <T extends Record<string, unknown>, K extends keyof T & string>(load: () => Promise<T>, name: K) =>
  lazyRouteComponent(pageOf(load), name);

const rootRoute = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: Missing,
  errorComponent: BrokenAlone,
});

/** Where somebody wanted to go; only an address of ours is gone back to. What is not said here stays as the address has it. */
const readSignInSearch = (search: Record<string, unknown>): { readonly to: string | undefined } => ({
  to: typeof search.to === 'string' && /^\/(?![/\\])/.test(search.to) ? search.to : undefined,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: readSignInSearch,
  component: lazyPage(() => import('./pages/sign-in.tsx'), 'SignIn'),
  errorComponent: BrokenAlone,
});

/** Everything else is for those who are signed in. */
const insideRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'inside',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery);
    if (!session.signedIn) throw redirect({ to: '/sign-in', search: { to: location.href }, replace: true });
    return { session };
  },
  component: lazyPage(() => import('./shell/shell.tsx'), 'Shell'),
  errorComponent: BrokenAlone,
});

const overviewRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/',
  component: lazyPage(() => import('./pages/overview/overview.tsx'), 'Overview'),
});
const followUpsRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/follow-ups',
  validateSearch: readListSearch,
  component: lazyPage(() => import('./pages/follow-up/list.tsx'), 'FollowUps'),
});
const newFollowUpRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/follow-ups/new',
  component: lazyPage(() => import('./pages/follow-up/open.tsx'), 'OpenFollowUp'),
});
const followUpRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/follow-ups/$id',
  component: lazyPage(() => import('./pages/follow-up/follow-up.tsx'), 'FollowUpPage'),
});

const insightRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/insight',
  validateSearch: readInsightSearch,
  component: lazyPage(() => import('./pages/insight/insight.tsx'), 'Insight'),
});

const peopleRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/people',
  validateSearch: readPeopleSearch,
  component: lazyPage(() => import('./pages/recipient/list.tsx'), 'People'),
});
const personRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/people/$id',
  component: lazyPage(() => import('./pages/recipient/recipient.tsx'), 'PersonPage'),
});
const importPeopleRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/import/people',
  component: lazyPage(() => import('./pages/recipient/import.tsx'), 'ImportPeople'),
});

const importFollowUpsRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/follow-ups/import',
  component: lazyPage(() => import('./pages/follow-up/import.tsx'), 'ImportFollowUps'),
});
const groupsRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/groups',
  component: lazyPage(() => import('./pages/group/list.tsx'), 'Groups'),
});
const groupRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/groups/$id',
  component: lazyPage(() => import('./pages/group/group.tsx'), 'GroupPage'),
});
const schedulesRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/schedules',
  component: lazyPage(() => import('./pages/schedule/list.tsx'), 'Schedules'),
});
const scheduleRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/schedules/$id',
  validateSearch: readScheduleSearch,
  component: lazyPage(() => import('./pages/schedule/schedule.tsx'), 'SchedulePage'),
});
const channelsRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/channels',
  component: lazyPage(() => import('./pages/channels/channels.tsx'), 'Channels'),
});
const suppressionsRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/suppressions',
  validateSearch: readSuppressionSearch,
  component: lazyPage(() => import('./pages/channels/suppressions.tsx'), 'Suppressions'),
});

const templatesRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/templates',
  component: lazyPage(() => import('./pages/templates/templates.tsx'), 'Templates'),
});
const templateRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/templates/$id',
  component: lazyPage(() => import('./pages/templates/template.tsx'), 'TemplatePage'),
});

const settingsRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/settings',
  component: lazyPage(() => import('./pages/settings/settings.tsx'), 'Settings'),
});
const policiesRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/policies',
  component: lazyPage(() => import('./pages/policy/list.tsx'), 'Policies'),
});
const policyRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/policies/$id',
  validateSearch: readPolicySearch,
  component: lazyPage(() => import('./pages/policy/policy.tsx'), 'PolicyPage'),
});
const newPolicyRoute = createRoute({
  getParentRoute: () => insideRoute,
  path: '/new-policy',
  validateSearch: readNewPolicySearch,
  component: lazyPage(() => import('./pages/policy/new.tsx'), 'NewPolicy'),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  insideRoute.addChildren([
    overviewRoute,
    followUpsRoute,
    newFollowUpRoute,
    followUpRoute,
    policiesRoute,
    policyRoute,
    newPolicyRoute,
    insightRoute,
    peopleRoute,
    personRoute,
    importPeopleRoute,
    importFollowUpsRoute,
    groupsRoute,
    groupRoute,
    schedulesRoute,
    scheduleRoute,
    channelsRoute,
    suppressionsRoute,
    templatesRoute,
    templateRoute,
    settingsRoute,
  ]),
]);

export const createDashboardRouter = (queries: QueryClient) =>
  createRouter({
    routeTree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0, // data is kept by its queries
    scrollRestoration: true,
    defaultErrorComponent: Broken,
    defaultPendingComponent: Pending,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createDashboardRouter>;
  }
}
