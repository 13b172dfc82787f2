import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { LimitUse } from '../../api/limits.ts';
import type { Worker } from '../../api/work-pools.ts';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Sign } from '../base/tags.tsx';
import { When } from '../base/when.tsx';
import styles from './worker-table.module.css';
import { WorkerVersion } from './worker-version.tsx';

type Holder = LimitUse['holders'][number];

export interface WorkerRow {
  readonly pool: string;
  readonly worker: Worker;
  /** The release of the server, when it is known. */
  readonly server: string | undefined;
  /** The runs that it runs now. */
  readonly runs: readonly Holder[];
}

const columns = columnsOf<WorkerRow>((column) => [
  column.display({ id: 'name', header: 'Worker', cell: ({ row }) => <Name {...row.original} /> }),
  column.display({ id: 'pool', header: 'Work pool', cell: ({ row }) => <Pool {...row.original} />, meta: { wideOnly: true } }),
  column.display({ id: 'status', header: 'Status', cell: ({ row }) => <WorkerStatus {...row.original} />, meta: { width: '100px' } }),
  column.display({ id: 'slots', header: 'Runs', cell: ({ row }) => <Slots {...row.original} />, meta: { width: '130px' } }),
  column.display({ id: 'now', header: 'Runs now', cell: ({ row }) => <Now {...row.original} />, meta: { wideOnly: true } }),
  column.display({
    id: 'beat',
    header: 'Heartbeat',
    cell: ({ row }) => <When at={row.original.worker.last_heartbeat_time} />,
    meta: { width: '120px', wideOnly: true },
  }),
  column.display({
    id: 'version',
    header: 'Version',
    cell: ({ row: { original } }) => <WorkerVersion worker={original.worker} server={original.server} />,
    meta: { width: '90px', wideOnly: true },
  }),
  column.display({ id: 'host', header: 'Host', cell: ({ row }) => hostOf(row.original.worker), meta: { wideOnly: true } }),
]);

interface WorkerTableProps {
  readonly rows: readonly WorkerRow[];
  readonly empty?: ReactNode;
}

/** Workers, those that are there first. */
export function WorkerTable({ rows, empty }: WorkerTableProps) {
  const sorted = useMemo(() => rows.toSorted((a, b) => order(a).localeCompare(order(b))), [rows]);
  return <DataTable label="Workers" rows={sorted} columns={columns} rowKey={({ worker }) => worker.id} empty={empty} />;
}

const order = ({ pool, worker: { status, name } }: WorkerRow) => `${status === 'ONLINE' ? 0 : 1} ${pool} ${name}`;

/** Each worker with the runs of its pool that it has. */
export const workerRows = (pool: string, workers: readonly Worker[], use: LimitUse | undefined, server: string | undefined): readonly WorkerRow[] =>
  workers.map((worker) => ({
    pool,
    worker,
    server,
    runs: use?.holders.filter(({ worker_name }) => worker_name === worker.name && worker.status === 'ONLINE') ?? [],
  }));

function Name({ pool, worker: { name } }: WorkerRow) {
  return (
    <Link to="/workers/$pool/$name" params={{ pool, name }}>
      {name}
    </Link>
  );
}

const Pool = ({ pool }: WorkerRow) => (
  <Link to="/work-pools/$name" params={{ name: pool }}>
    {pool}
  </Link>
);

export const WorkerStatus = ({ worker: { status } }: Pick<WorkerRow, 'worker'>) =>
  status === 'ONLINE' ? <Sign tone="completed">online</Sign> : <Sign>offline</Sign>;

const MOST_CELLS = 12;

function Slots({ worker: { active_slots: used, concurrency_limit: limit, status } }: WorkerRow) {
  if (used === null || limit === null || status === 'OFFLINE') return <span className="quiet">–</span>;
  return (
    <span className={styles['slots']}>
      {limit <= MOST_CELLS &&
        Array.from({ length: limit }, (_, index) => `slot ${index}`).map((slot, index) => <i key={slot} data-full={index < used} />)}
      <span className="number">
        {used} of {limit}
      </span>
    </span>
  );
}

const FEW = 3;

function Now({ runs }: WorkerRow) {
  return (
    <>
      {runs.slice(0, FEW).map(({ flow_run_id: id, flow_run_name: name }) => (
        <span key={id}>
          <Link to="/runs/$id" params={{ id: id ?? '' }}>
            {name}
          </Link>{' '}
        </span>
      ))}
      {runs.length > FEW && <span className="quiet">and {runs.length - FEW} more</span>}
    </>
  );
}

const hostOf = ({ host, pid }: Worker) => (host ? `${host}${pid === null ? '' : `, process ${pid}`}` : '–');
