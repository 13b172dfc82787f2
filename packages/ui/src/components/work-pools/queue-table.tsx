import { Pause, Pencil, Play, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { PoolOverview } from '../../api/work-pools.ts';
import { count } from '../../lib/format.ts';
import type { Act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { IconButton } from '../base/button.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Sign } from '../base/tags.tsx';
import { When } from '../base/when.tsx';
import { deleteQueue, pauseQueue } from './acts.ts';
import { EditQueue } from './pool-dialogs.tsx';

type Queue = PoolOverview['queues'][number];

const columns = columnsOf<Queue>((column) => [
  column.display({ id: 'name', header: 'Queue', cell: ({ row }) => <Name {...row.original} />, meta: { wraps: true } }),
  column.display({
    id: 'priority',
    header: 'Priority',
    cell: ({ row }) => row.original.priority,
    meta: { align: 'end', width: '80px', wideOnly: true },
  }),
  column.display({
    id: 'active',
    header: 'Active',
    cell: ({ row }) => <Active {...row.original} />,
    meta: { align: 'end', width: '110px', narrow: '80px' },
  }),
  column.display({
    id: 'waiting',
    header: 'Waiting',
    cell: ({ row }) => count(row.original.waiting),
    meta: { align: 'end', width: '90px', narrow: '66px' },
  }),
  column.display({
    id: 'late',
    header: 'Late',
    cell: ({ row }) => <Late {...row.original} />,
    meta: { align: 'end', width: '80px', wideOnly: true },
  }),
  column.display({
    id: 'polled',
    header: 'Asked by a worker',
    cell: ({ row }) => <When at={row.original.last_polled} />,
    meta: { width: '160px', wideOnly: true },
  }),
  column.display({
    id: 'acts',
    header: () => <span className="hidden-text">Acts</span>,
    cell: ({ row }) => <Acts queue={row.original} />,
    meta: { align: 'end', width: '120px', narrow: '120px' },
  }),
]);

/** Queues of a pool, the one that is served first at the top. */
export const QueueTable = ({ queues }: { readonly queues: readonly Queue[] }) => (
  <DataTable label="Queues" rows={queues} columns={columns} rowKey={({ id }) => id} />
);

function Name({ name, is_paused, description }: Queue) {
  return (
    <>
      {name} {is_paused && <Sign tone="pending">paused</Sign>} <span className="quiet">{description}</span>
    </>
  );
}

const Active = ({ active_slots: used, concurrency_limit: limit }: Queue) => (
  <>
    {count(used)} <span className="quiet">of {limit ?? 'any'}</span>
  </>
);

const Late = ({ late }: Queue) => (late > 0 ? <Sign tone="late">{count(late)}</Sign> : '0');

function Acts({ queue }: { readonly queue: Queue }) {
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
