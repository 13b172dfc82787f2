import type { LimitUse } from '../../api/limits.ts';
import type { Worker } from '../../api/work-pools.ts';
import { count } from '../../lib/format.ts';
import { Figures } from '../base/figures.tsx';
import { SlotGauge } from '../concurrency/slot-gauge.tsx';
import { WaitList } from '../concurrency/wait-list.tsx';
import styles from './pool-slots.module.css';

interface PoolSlotsProps {
  readonly use: LimitUse;
  readonly workers: readonly Worker[];
  readonly late: number;
}

/** Slots of a pool: who has them, and how many runs wait. */
export function PoolSlots({ use, workers, late }: PoolSlotsProps) {
  const { used, limit, waiting } = use;
  const online = workers.filter(({ status }) => status === 'ONLINE');
  const room = online.reduce((sum, { concurrency_limit }) => sum + (concurrency_limit ?? 0), 0);
  return (
    <div className={styles['slots']}>
      <Figures
        figures={[
          { label: limit === null ? 'active, no limit' : `active of ${count(limit)}`, value: count(used), tone: used > 0 ? 'running' : undefined },
          { label: 'waiting', value: count(waiting), tone: waiting > 0 ? 'queued' : undefined },
          { label: 'late', value: count(late), tone: late > 0 ? 'late' : undefined },
          { label: `of ${workers.length} workers online`, value: count(online.length), tone: online.length > 0 ? 'completed' : undefined },
          { label: 'runs that they take at once', value: count(room) },
        ]}
      />
      {/* Without a limit the room is that of the workers. */}
      {(limit !== null || room + used > 0) && <SlotGauge use={{ ...use, limit: limit ?? Math.max(room, used) }} />}
      <WaitList use={use} most={8} />
    </div>
  );
}
