import { FINAL_STATE_TYPES } from '../../model/state-type.ts';
import { hasResult } from '../result-data.ts';
import { defineGate } from '../rule.ts';
import { proceed, reject } from '../verdict.ts';

/** Even a forced COMPLETED never replaces one that carries a result by one without. Prefect's PreventResultDataLoss, 3.8.3. */
export const keepResult = defineGate({
  name: 'keep-result',
  from: FINAL_STATE_TYPES,
  to: ['COMPLETED'],
  decide: ({ current, proposed }) =>
    current.type === 'COMPLETED' && hasResult(current.data) && !hasResult(proposed.data)
      ? reject('Cannot overwrite a COMPLETED state that carries persisted result data with one that does not.')
      : proceed,
});
