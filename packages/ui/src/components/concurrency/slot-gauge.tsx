import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { LimitUse } from '../../api/limits.ts';
import { ago, span } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { useWhats } from '../flow-runs/use-whats.ts';
import styles from './slot-gauge.module.css';

type Holder = LimitUse['holders'][number];

/** More slots than this have no cell each. */
const MOST_CELLS = 40;
/** So few cells have room for the name of who is in them. */
const MOST_NAMED = 8;

/** Slots of a limit beside each other: in each the run that holds it and since when, and those that are free. */
export function SlotGauge({ use }: { readonly use: Pick<LimitUse, 'limit' | 'used' | 'holders'> }) {
  const { limit, used, holders } = use;
  const whats = useWhats(useMemo(() => holders.map(({ flow_run_id }) => flow_run_id), [holders]));
  const cells = Math.max(limit ?? 0, used);
  if (cells === 0) return <div className={styles['none']}>{limit === 0 ? 'no slots' : 'nobody holds one'}</div>;
  if (cells > MOST_CELLS) return <Bar use={use} />;
  const isNamed = cells <= MOST_NAMED;
  const rest = used - holders.reduce((sum, { slots }) => sum + slots, 0);
  const free = Array.from({ length: Math.max(0, cells - used) }, (_, index) => `free ${index}`);
  return (
    <ol className={styles['cells']} aria-label={`${used} of ${limit ?? 'any number of'} slots are taken`}>
      {holders.map((holder) => (
        <HolderCell
          key={`${holder.task_run_id ?? holder.flow_run_id} ${holder.since}`}
          holder={holder}
          what={whats.get(holder.flow_run_id ?? '')}
          isNamed={isNamed}
        />
      ))}
      {rest > 0 && (
        <li className={styles['cell']} style={{ flexGrow: rest }} title={`${rest} more`}>
          {isNamed && `+${rest}`}
        </li>
      )}
      {free.map((cell) => (
        <li key={cell} className={styles['free']} title="free">
          {isNamed && 'free'}
        </li>
      ))}
    </ol>
  );
}

interface HolderCellProps {
  readonly holder: Holder;
  /** What its run is of. */
  readonly what: string | undefined;
  readonly isNamed: boolean;
}

function HolderCell({ holder, what, isNamed }: HolderCellProps) {
  const now = useNow();
  const { flow_run_id: id, flow_run_name: run, task_run_name: task, slots, since, until, reserved, worker_name: worker } = holder;
  const name = task ?? run ?? 'a client that has not said who it is';
  const age = span(Math.max(0, Math.floor((now - Date.parse(since)) / 1000) * 1000));
  const words = [
    run && task ? `${task} of ${run}` : name,
    what,
    reserved ? 'has lent its place and wants it back' : `since ${age}`,
    worker && `on ${worker}`,
    until && `its lease ends ${ago(Date.parse(until), now)} unless it is prolonged`,
  ]
    .filter(Boolean)
    .join(', ');
  const content = isNamed && (
    <>
      <b>{(!task && what) || name}</b>
      <span className="number">{reserved ? 'kept for it' : age}</span>
    </>
  );
  return (
    <li className={styles['cell']} style={{ flexGrow: slots }} data-reserved={reserved}>
      {id ? (
        <Link to="/runs/$id" params={{ id }} title={words} aria-label={isNamed ? undefined : words}>
          {content}
        </Link>
      ) : (
        <span title={words}>{content}</span>
      )}
    </li>
  );
}

function Bar({ use: { limit, used } }: { readonly use: Pick<LimitUse, 'limit' | 'used'> }) {
  return (
    <div className={styles['bar']} title={`${used} of ${limit ?? 'any number of'} slots are taken`}>
      <span style={{ width: `${limit ? Math.min(100, (used / limit) * 100) : 100}%` }} />
    </div>
  );
}
