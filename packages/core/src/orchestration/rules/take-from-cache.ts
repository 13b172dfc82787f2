import { ANYWHERE, defineTaskRunGate } from '../rule.ts';
import { proceed, reject } from '../verdict.ts';

/** What has been computed under the key is not computed again, unless the task asks for that. Prefect's CacheRetrieval, 2.13.7 and later. */
export const takeFromCache = defineTaskRunGate({
  name: 'take-from-cache',
  from: ANYWHERE,
  to: ['RUNNING'],
  needs: ['cached'],
  decide: ({ proposed, facts: { cached } }) => {
    if (!cached || proposed.state_details.refresh_cache) return proceed;
    const { type, message, data, state_details } = cached;
    const { transition_id = null } = proposed.state_details;
    return reject('Retrieved state from cache', { type, name: 'Cached', message, data, state_details: { ...state_details, transition_id } });
  },
});
