import type { RouteInput, RouteOutput } from '@sluice/core/api/routes';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { question } from './query.ts';

export type Flow = RouteOutput<'GET /flows/{id}'>;
export type FlowFilter = NonNullable<RouteInput<'POST /flows/filter'>['body']>;

export const flows = {
  list: (body: FlowFilter) => question(['flow'], 'POST /flows/filter', { body }),
  one: (id: string) => question(['flow'], 'GET /flows/{id}', { params: { id } }),
};

const MOST = 200;

/** The names of flows by their ids, all by one question. */
export function useFlowNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const any = useMemo(() => [...new Set(ids)].sort().slice(0, MOST), [ids]);
  const { data } = useQuery({ ...flows.list({ flows: { id: { any_: any } }, limit: MOST }), enabled: any.length > 0 });
  return useMemo(() => new Map(data?.map(({ id, name }) => [id, name])), [data]);
}
