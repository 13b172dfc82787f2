import type { RouteKey, RouteParsed } from '@sluice/core/api/routes';
import { tellsOfTaskRun } from '@sluice/core/model/event';

type Ids = readonly (string | null | undefined)[];
type NamedRuns = { readonly [K in RouteKey]?: (request: RouteParsed<K>) => Ids };

const nobody = (): Ids => [];
const itself = ({ params }: { readonly params: { readonly id: string } }): Ids => [params.id];
/** A child is shown in its parent. */
const parent = ({ body }: { readonly body: { readonly parent_task_run_id?: string | null | undefined } }): Ids => [body.parent_task_run_id];

/** What a flow changes: its run, its tasks, its children, its slots. Each row says which runs must be its own for that. */
const CHANGES = {
  'POST /flows/': nobody,
  'POST /deployments/{id}/create_flow_run': parent,
  'POST /flow_runs/': parent,
  'PATCH /flow_runs/{id}': itself,
  'PATCH /flow_runs/{id}/labels': itself,
  'POST /flow_runs/{id}/input': itself,
  'DELETE /flow_runs/{id}/input/{key}': itself,
  // Any run may be cancelled.
  'POST /flow_runs/{id}/set_state': ({ params, body }) => (body.state.type === 'CANCELLING' ? [] : [params.id]),
  'POST /flow_runs/{id}/resume': itself,
  // This is for a program that the flow starts, and that calls a flow itself.
  'POST /flow_runs/{id}/beat': itself,
  'POST /flow_runs/wait': nobody,
  'PUT /flow_runs/{id}/progress': itself,
  'POST /flow_runs/progress': nobody,
  'POST /task_runs/': ({ body }) => [body.flow_run_id],
  'PATCH /task_runs/{id}': itself,
  'POST /task_runs/{id}/set_state': itself,
  'POST /task_runs/step': ({ body }) => [body.task_run.flow_run_id],
  'POST /logs/': nobody,
  // An event that changes a task run is the run's own.
  'POST /events': ({ body }) => body.filter(tellsOfTaskRun).map(({ resource }) => resource['prefect.resource.id']?.split('.').at(-1)),
  'POST /variables/': nobody,
  'PATCH /variables/name/{name}': nobody,
  'POST /artifacts/': ({ body }) => [body.flow_run_id, body.task_run_id],
  // How far a run is, again and again; who has its id has made it.
  'PATCH /artifacts/{id}': nobody,
  'POST /table_loads/': ({ body }) => [body.flow_run_id],
  // Of a source that the run names, as its handler and `sourceReadBy` see to.
  'POST /sources/url': nobody,
  // A limit that is not there yet; one that is stays as it is.
  'POST /v2/concurrency_limits/': nobody,
  'POST /v2/concurrency_limits/increment': nobody,
  'POST /v2/concurrency_limits/decrement': nobody,
  'POST /v2/concurrency_limits/increment-with-lease': nobody,
  'POST /v2/concurrency_limits/decrement-with-lease': nobody,
  'POST /v2/concurrency_limits/leases/{id}/renew': nobody,
} satisfies NamedRuns;

const READS = /^GET (?!\/admin\/)|^POST \S+\/(filter|paginate|count|history|lateness)$/;

/**
 * What the token of a run opens: reading, and what the SDK does for a flow. It neither deletes nor claims,
 * and changes no deployment, pool or limit: with those a flow could come by what only others may have.
 */
export const isOpenToRuns = (route: string): boolean =>
  Object.hasOwn(CHANGES, route) || (isOfBundles(route) ? Object.hasOwn(OWN_BUNDLE, route) : READS.test(route));

const isOfBundles = (route: string) => route.includes(' /bundles/');

/** Code of others may hold what only they may know: of all bundles a run reads the one that it was made with. */
const OWN_BUNDLE = {
  'GET /bundles/{name}': ({ params }) => params.name,
  'GET /bundles/{name}/chunks/{index}': ({ params }) => params.name,
} satisfies { readonly [K in RouteKey]?: (request: RouteParsed<K>) => string };

/** The bundle that a request reads; undefined when it reads none. */
export function bundleReadBy(route: string, request: object): string | undefined {
  return (OWN_BUNDLE as Record<string, (request: never) => string>)[route]?.(request as never);
}

/** The source whose URL a request reads; undefined when it reads none. */
export const sourceReadBy = (route: string, request: object): string | undefined =>
  route === 'POST /sources/url' ? (request as RouteParsed<'POST /sources/url'>).body.name : undefined;

/** Whether a request changes what a run names, such as its source: whoever claims it again would be given that. */
export const changesParameters = (route: string, request: object): boolean =>
  route === 'PATCH /flow_runs/{id}' && (request as RouteParsed<'PATCH /flow_runs/{id}'>).body.parameters !== undefined;

/** Flow runs and task runs that a request changes, or makes something in: to the token of a run they must be its own. */
export function runsChangedBy(route: string, request: object): string[] {
  const named = (CHANGES as Record<string, (request: never) => Ids>)[route];
  return named ? named(request as never).filter((id) => id != null) : [];
}
