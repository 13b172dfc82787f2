import type { z } from 'zod';
import { adminRoutes } from './admin-routes.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { automationRoutes } from './automation-routes.ts';
import { blockRoutes } from './block-routes.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { concurrencyRoutes } from './concurrency-routes.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { flowRoutes } from './flow-routes.ts';
import { flowRunActRoutes } from './flow-run-act-routes.ts';
import { flowRunInputRoutes } from './flow-run-input-routes.ts';
import { flowRunReadRoutes } from './flow-run-read-routes.ts';
import { flowRunRoutes } from './flow-run-routes.ts';
import { logRoutes } from './log-routes.ts';
import { notificationPolicyRoutes } from './notification-policy-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { poolOverviewRoutes } from './pool-overview-routes.ts';
import { registryRoutes } from './registry-routes.ts';
import type { Route } from './route.ts';
import { savedSearchRoutes } from './saved-search-routes.ts';
import { sourceRoutes } from './source-routes.ts';
import { tableLoadRoutes } from './table-load-routes.ts';
import { taskRunRoutes } from './task-run-routes.ts';
import { uiRoutes } from './ui-routes.ts';
import { variableRoutes } from './variable-routes.ts';
import { workPoolRoutes, workQueueRoutes } from './work-pool-routes.ts';

/** The whole contract. A key is the method and the path under `/api`, as Prefect spells it. */
export const routes = {
  ...adminRoutes,
  ...flowRoutes,
  ...flowRunRoutes,
  ...flowRunActRoutes,
  ...flowRunReadRoutes,
  ...flowRunInputRoutes,
  ...taskRunRoutes,
  ...deploymentRoutes,
  ...bundleRoutes,
  ...sourceRoutes,
  ...workPoolRoutes,
  ...workQueueRoutes,
  ...poolOverviewRoutes,
  ...concurrencyRoutes,
  ...logRoutes,
  ...tableLoadRoutes,
  ...variableRoutes,
  ...artifactRoutes,
  ...savedSearchRoutes,
  ...blockRoutes,
  ...notificationPolicyRoutes,
  ...registryRoutes,
  ...uiRoutes,
  ...eventRoutes,
  ...automationRoutes,
  ...overviewRoutes,
} satisfies { [key: string]: Route };

export type Routes = typeof routes;
export type RouteKey = keyof Routes;

type Sent<S extends z.ZodType, P extends string> = undefined extends z.input<S> ? { [N in P]?: z.input<S> } : { [N in P]: z.input<S> };

type Part<K extends RouteKey, P extends 'params' | 'query' | 'body', Way extends 'in' | 'out'> =
  Routes[K] extends Record<P, infer S extends z.ZodType> ? (Way extends 'in' ? Sent<S, P> : { [N in P]: z.output<S> }) : unknown;

/** What a client sends. */
export type RouteInput<K extends RouteKey> = Part<K, 'params', 'in'> & Part<K, 'query', 'in'> & Part<K, 'body', 'in'>;
/** The same after the server has parsed it: defaults filled in, instants and ids in one form. */
export type RouteParsed<K extends RouteKey> = Part<K, 'params', 'out'> & Part<K, 'query', 'out'> & Part<K, 'body', 'out'>;
export type RouteOutput<K extends RouteKey> = z.output<Routes[K]['ok']>;
