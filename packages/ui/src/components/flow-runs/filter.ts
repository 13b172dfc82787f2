import type { FlowRunFilter } from '../../api/flow-runs.ts';
import { STATE_GROUPS } from '../../lib/states.ts';
import type { RunsSearch } from './runs-search.ts';

type Search = { readonly [N in keyof RunsSearch]?: RunsSearch[N] | undefined };

/** What the address asks for, as the server's filter. */
export function toFilter({
  state,
  name,
  flow,
  deployment,
  pool,
  tag,
  after,
  before,
}: Search): Pick<FlowRunFilter, 'flow_runs' | 'flows' | 'work_pools'> {
  const types = state && { type: { any_: [...STATE_GROUPS[state].types] } };
  return {
    flow_runs: {
      ...(types && { state: types }),
      ...(name && { name: { like_: name } }),
      ...(tag && { tags: { all_: [tag] } }),
      ...(deployment && { deployment_id: { any_: [deployment] } }),
      ...((after || before) && { expected_start_time: { ...(after && { after_: after }), ...(before && { before_: before }) } }),
    },
    ...(flow && { flows: { id: { any_: [flow] } } }),
    ...(pool && { work_pools: { name: { any_: [pool] } } }),
  };
}
