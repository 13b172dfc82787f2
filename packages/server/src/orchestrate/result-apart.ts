import { isResultData, type ResultData } from '@sluice/core/model/result';
import type { State } from '@sluice/core/model/state';
import type { Writes } from './working-set.ts';

/** A value that comes with a COMPLETED state is stored apart; the state keeps a reference to it. */
export function keepResultApart(writes: Writes, state: State, flowRunId: string | null): State {
  if (!isResultData(state.data) || state.data.value === undefined) return state;
  const { value, ...data } = state.data as ResultData;
  writes.results.push({ id: state.id, flow_run_id: flowRunId, value });
  return { ...state, data: { ...data, result: state.id } };
}
