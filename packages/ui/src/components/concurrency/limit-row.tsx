import type { ReactNode } from 'react';
import type { LimitUse } from '../../api/limits.ts';
import { count } from '../../lib/format.ts';
import { Sign } from '../base/tags.tsx';
import styles from './limit-row.module.css';
import { SlotGauge } from './slot-gauge.tsx';
import { WaitList } from './wait-list.tsx';

interface LimitRowProps {
  readonly use: LimitUse;
  readonly name: ReactNode;
  readonly actions?: ReactNode;
}

/** One limit: its slots, who is in them, and who waits. */
export function LimitRow({ use, name, actions }: LimitRowProps) {
  const { limit, used, active, paused, waiting } = use;
  return (
    <li className={styles['row']} data-limit={use.name}>
      <div className={styles['name']}>
        <h3>{name}</h3>
        {!active && <Sign>off: everybody passes</Sign>}
        {paused && <Sign tone="pending">paused</Sign>}
        <p className="quiet number">
          {count(used)} of {limit === null ? 'any number' : count(limit)}
          {waiting > 0 && `, ${count(waiting)} ${waiting === 1 ? 'waits' : 'wait'}`}
        </p>
      </div>
      <div className={styles['slots']}>
        <SlotGauge use={use} />
        <WaitList use={use} />
      </div>
      <div className={styles['actions']}>{actions}</div>
    </li>
  );
}
