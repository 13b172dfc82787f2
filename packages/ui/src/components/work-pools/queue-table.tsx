import { useQuery } from '@tanstack/react-query';
import { Pause, Pencil, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { limits } from '../../api/limits.ts';
import type { WorkQueue } from '../../api/work-pools.ts';
import { count } from '../../lib/format.ts';
import type { Act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { IconButton } from '../base/button.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Sign } from '../base/tags.tsx';
import { When } from '../base/when.tsx';
import { deleteQueue, pauseQueue } from './acts.ts';
import { EditQueue } from './pool-dialogs.tsx';

interface Row {
  readonly queue: WorkQueue;
  readonly late: number;
}

const columns = columnsOf<Row>((column) => [
  column.display({ id: 'name', header: 'Queue', cell: ({ row }) => <Name {...row.original} /> }),
  column.display({
    id: 'priority',
    header: 'Priority',
    cell: ({ row }) => row.original.queue.priority,
    meta: { align: 'end', width: '80px', wideOnly: true },
  }),
  column.display({ id: 'active', header: 'Active', cell: ({ row }) => <Active {...row.original} />, meta: { align: 'end', width: '110px' } }),
  column.display({ id: 'waiting', header: 'Waiting', cell: ({ row }) => <Waiting {...row.original} />, meta: { align: 'end', width: '90px' } }),
  column.display({
    id: 'late',
    header: 'Late',
    cell: ({ row }) => <Late {...row.original} />,
    meta: { align: 'end', width: '80px', wideOnly: true },
  }),
  column.display({
    id: 'polled',
    header: 'Asked by a worker',
    cell: ({ row }) => <When at={row.original.queue.last_polled} />,
    meta: { width: '160px', wideOnly: true },
  }),
  column.display({
    id: 'acts',
    header: () => <span className="hidden-text">Acts</span>,
    cell: ({ row }) => <Acts {...row.original} />,
    meta: { align: 'end', width: '120px' },
  }),
]);

interface QueueTableProps {
  readonly queues: readonly WorkQueue[];
  /** Late runs by the name of their queue. */
  readonly late: ReadonlyMap<string | null, number>;
}

/** Queues of a pool, the one that is served first at the top. */
export function QueueTable({ queues, late }: QueueTableProps) {
  const rows = queues.toSorted((a, b) => a.priority - b.priority).map((queue) => ({ queue, late: late.get(queue.name) ?? 0 }));
  return <DataTable label="Queues" rows={rows} columns={columns} rowKey={({ queue }) => queue.id} />;
}

function Name({ queue: { name, is_paused, description } }: Row) {
  return (
    <>
      {name} {is_paused && <Sign tone="pending">paused</Sign>} <span className="quiet">{description}</span>
    </>
  );
}

/** Each row asks for its own, seldom. */
const GAP_MS = 1000;
const useUse = ({ queue: { id } }: Row) => {
  const question = limits.use({ kind: 'work_queue', id });
  return useQuery({ ...question, meta: { ...question.meta, gap: GAP_MS } }).data?.[0];
};

function Active(row: Row) {
  const used = useUse(row)?.used ?? row.queue.active_slots;
  const limit = row.queue.concurrency_limit;
  return (
    <>
      {count(used)} <span className="quiet">of {limit ?? 'any'}</span>
    </>
  );
}

const Waiting = (row: Row) => count(useUse(row)?.waiting ?? 0);

const Late = ({ late }: Row) => (late > 0 ? <Sign tone="late">{count(late)}</Sign> : '0');

function Acts({ queue }: Row) {
  const [act, setAct] = useState<Act>();
  const [isEditing, setEditing] = useState(false);
  return (
    <>
      <IconButton
        label={`${queue.is_paused ? 'Resume' : 'Pause'} ${queue.name}`}
        icon={queue.is_paused ? Play : Pause}
        onClick={() => setAct(pauseQueue(queue))}
      />
      <IconButton label={`Edit ${queue.name}`} icon={Pencil} onClick={() => setEditing(true)} />
      <IconButton label={`Delete ${queue.name}`} icon={Trash2} onClick={() => setAct(deleteQueue(queue))} />
      <ActDialog act={act} onClose={() => setAct(undefined)} />
      {isEditing && <EditQueue queue={queue} onClose={() => setEditing(false)} />}
    </>
  );
}
