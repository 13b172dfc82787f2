import { isFinal } from '@sluice/core/model/state-type';
import { StateBadge } from '../base/state-badge.tsx';
import { Lasting } from '../base/when.tsx';
import type { State } from './state-history.tsx';
import styles from './state-list.module.css';

/** The states of a run where there is little room: what each says stands below it. */
export function StateList({ states }: { readonly states: readonly State[] }) {
  return (
    <ol className={styles['list']} aria-label="States">
      {states.map((state, index) => {
        const until = states[index + 1]?.timestamp ?? null;
        return (
          <li key={state.id}>
            <StateBadge run={{ state_type: state.type, state_name: state.name }} />
            {(until !== null || !isFinal(state.type)) && <Lasting from={state.timestamp} to={until} />}
            {state.message && <p>{state.message}</p>}
          </li>
        );
      })}
    </ol>
  );
}
