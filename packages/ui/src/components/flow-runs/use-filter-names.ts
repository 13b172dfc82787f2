import { useQuery } from '@tanstack/react-query';
import { deployments } from '../../api/deployments.ts';
import { flows } from '../../api/flows.ts';
import type { RunsSearch } from './runs-search.ts';

/** Names of what the address names by id: the flow, and the deployment as `flow/deployment`; ids as long as they are not known. */
export function useFilterNames({ flow, deployment }: RunsSearch): { flow: string | undefined; deployment: string | undefined } {
  const made = useQuery({ ...deployments.one(deployment ?? ''), enabled: deployment !== undefined }).data;
  const flowId = flow ?? made?.flow_id;
  const flowName = useQuery({ ...flows.one(flowId ?? ''), enabled: flowId !== undefined }).data?.name;
  return {
    flow: flow && (flowName ?? flow),
    deployment: deployment && (made && flowName && !flow ? `${flowName}/${made.name}` : deployment),
  };
}
