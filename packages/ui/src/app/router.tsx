import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { flowRuns } from '../api/flow-runs.ts';
import { overview } from '../api/overview.ts';
import { runSearch } from '../components/flow-runs/run-search.ts';
import { Home } from '../routes/home.tsx';
import { Runs } from '../routes/runs.tsx';
import { NoPage } from './no-page.tsx';
import { PageFault } from './page-fault.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NoPage, errorComponent: PageFault });
const under = () => root;

/**
 * A page is a row here, and in `pages.ts` when it is listed. What is not seen first is loaded when it is opened; what it asks first is
 * asked meanwhile.
 */
const tree = root.addChildren([
  createRoute({ getParentRoute: under, path: '/', component: Home, staticData: { atOnce: () => ({ asks: [overview] }) } }),
  createRoute({ getParentRoute: under, path: '/runs', component: Runs }),
  createRoute({
    getParentRoute: under,
    path: '/boards',
    component: lazyRouteComponent(() => import('../routes/board.tsx'), 'NewestBoard'),
    staticData: { atOnce: () => ({ asks: [flowRuns.newestRoot()] }) },
  }),
  createRoute({
    getParentRoute: under,
    path: '/boards/$id',
    component: lazyRouteComponent(() => import('../routes/board.tsx'), 'Board'),
    staticData: { atOnce: ({ id = '' }) => ({ asks: [flowRuns.board(id)] }) },
  }),
  createRoute({
    getParentRoute: under,
    path: '/work-pools',
    component: lazyRouteComponent(() => import('../routes/work-pools.tsx'), 'WorkPools'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/work-pools/$name',
    component: lazyRouteComponent(() => import('../routes/work-pool.tsx'), 'WorkPool'),
  }),
  createRoute({ getParentRoute: under, path: '/workers', component: lazyRouteComponent(() => import('../routes/workers.tsx'), 'Workers') }),
  createRoute({
    getParentRoute: under,
    path: '/workers/$pool/$name',
    component: lazyRouteComponent(() => import('../routes/worker.tsx'), 'Worker'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/concurrency',
    component: lazyRouteComponent(() => import('../routes/concurrency.tsx'), 'Concurrency'),
  }),
  createRoute({ getParentRoute: under, path: '/flows', component: lazyRouteComponent(() => import('../routes/flows.tsx'), 'Flows') }),
  createRoute({ getParentRoute: under, path: '/flows/$id', component: lazyRouteComponent(() => import('../routes/flow.tsx'), 'Flow') }),
  createRoute({
    getParentRoute: under,
    path: '/deployments',
    component: lazyRouteComponent(() => import('../routes/deployments.tsx'), 'Deployments'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/deployments/$id',
    component: lazyRouteComponent(() => import('../routes/deployment.tsx'), 'Deployment'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/logs',
    component: lazyRouteComponent(() => import('../routes/logs.tsx'), 'Logs'),
    staticData: { atOnce: () => ({ follows: { logs: true }, asks: [] }) },
  }),
  createRoute({
    getParentRoute: under,
    path: '/runs/$id',
    component: lazyRouteComponent(() => import('../routes/run.tsx'), 'Run'),
    staticData: {
      atOnce: ({ id = '' }, raw) => ({
        follows: { flowRunId: id },
        asks: (runSearch(raw).tab ?? 'trace') === 'trace' ? [flowRuns.one(id), flowRuns.trace(id), flowRuns.states(id)] : [flowRuns.one(id)],
      }),
    },
  }),
  createRoute({ getParentRoute: under, path: '/tables', component: lazyRouteComponent(() => import('../routes/tables.tsx'), 'Tables') }),
  createRoute({ getParentRoute: under, path: '/tables/$name', component: lazyRouteComponent(() => import('../routes/table.tsx'), 'TablePage') }),
  createRoute({ getParentRoute: under, path: '/artifacts', component: lazyRouteComponent(() => import('../routes/artifacts.tsx'), 'Artifacts') }),
  createRoute({
    getParentRoute: under,
    path: '/artifacts/$key',
    component: lazyRouteComponent(() => import('../routes/artifact.tsx'), 'ArtifactPage'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/events',
    component: lazyRouteComponent(() => import('../routes/events.tsx'), 'Events'),
    staticData: { atOnce: () => ({ follows: { events: true }, asks: [] }) },
  }),
  createRoute({
    getParentRoute: under,
    path: '/automations',
    component: lazyRouteComponent(() => import('../routes/automations.tsx'), 'Automations'),
  }),
  createRoute({
    getParentRoute: under,
    path: '/automations/$id',
    component: lazyRouteComponent(() => import('../routes/automation.tsx'), 'AutomationPage'),
  }),
  createRoute({ getParentRoute: under, path: '/blocks', component: lazyRouteComponent(() => import('../routes/blocks.tsx'), 'Blocks') }),
  createRoute({ getParentRoute: under, path: '/blocks/$id', component: lazyRouteComponent(() => import('../routes/block.tsx'), 'BlockPage') }),
  createRoute({ getParentRoute: under, path: '/variables', component: lazyRouteComponent(() => import('../routes/variables.tsx'), 'Variables') }),
  createRoute({ getParentRoute: under, path: '/settings', component: lazyRouteComponent(() => import('../routes/settings.tsx'), 'Settings') }),
  createRoute({ getParentRoute: under, path: '/system', component: lazyRouteComponent(() => import('../routes/system.tsx'), 'System') }),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultErrorComponent: PageFault,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
