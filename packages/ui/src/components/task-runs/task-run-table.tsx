import { isFinal } from '@sluice/core/model/state-type';
import type { TraceTask } from '@sluice/core/model/trace';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { createContext, useContext, useMemo, useState } from 'react';
import { type FlowRun, flowRuns } from '../../api/flow-runs.ts';
import { count } from '../../lib/format.ts';
import { lookOf, STATE_GROUP_NAMES, STATE_GROUPS, type StateGroup } from '../../lib/states.ts';
import { Answer } from '../base/answer.tsx';
import { IconButton } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Empty, Note } from '../base/notice.tsx';
import { SearchField } from '../base/search-field.tsx';
import { Segments } from '../base/segments.tsx';
import { StateBadge } from '../base/state-badge.tsx';
import { Lasting, When } from '../base/when.tsx';
import { RestartDialog } from '../flow-runs/restart-dialog.tsx';
import { type CalledTask, calledTasks } from './called-tasks.ts';

const endOf = (task: TraceTask) => (isFinal(task.state_type) ? task.end_time : null);

const columns = columnsOf<CalledTask>((column) => [
  column.display({
    id: 'state',
    header: 'State',
    cell: ({ row }) => <StateBadge run={row.original.task} />,
    meta: { width: '150px', narrow: '116px' },
  }),
  column.display({ id: 'name', header: 'Task run', cell: ({ row }) => <TaskName {...row.original} /> }),
  column.display({
    id: 'task',
    header: 'Task',
    cell: ({ row }) => <span className="quiet">{row.original.task.task_key}</span>,
    meta: { wideOnly: true },
  }),
  column.display({
    id: 'start',
    header: 'Started',
    cell: ({ row }) => <When at={row.original.task.start_time} />,
    meta: { width: '150px', wideOnly: true },
  }),
  column.display({
    id: 'took',
    header: 'Took',
    cell: ({ row }) => <Lasting from={row.original.task.start_time} to={endOf(row.original.task)} />,
    meta: { align: 'end', width: '90px', narrow: '70px' },
  }),
  column.display({
    id: 'tries',
    header: 'Tries',
    cell: ({ row }) => count(row.original.task.run_count),
    meta: { align: 'end', width: '70px', wideOnly: true },
  }),
  column.display({
    id: 'note',
    header: 'Note',
    cell: ({ row }) => <span className="quiet">{row.original.task.state_type === 'COMPLETED' ? '' : row.original.task.message}</span>,
    meta: { wideOnly: true },
  }),
  column.display({
    id: 'restart',
    header: () => <span className="hidden-text">Restart</span>,
    cell: ({ row }) => <RestartButton {...row.original} />,
    meta: { width: '46px' },
  }),
]);

const OfRun = createContext<Pick<FlowRun, 'id' | 'name'> | undefined>(undefined);

/** Its bar in the trace. */
function TaskName({ name, barId }: CalledTask) {
  const run = useContext(OfRun);
  return (
    <Link to="/runs/$id" params={{ id: run?.id ?? '' }} search={{ bar: barId } as never}>
      {name}
    </Link>
  );
}

function RestartButton({ task: { id }, name }: CalledTask) {
  const run = useContext(OfRun);
  const [isOpen, setOpen] = useState(false);
  if (!run) return null;
  return (
    <>
      <IconButton label={`Restart from ${name}`} icon={RotateCcw} onClick={() => setOpen(true)} />
      {isOpen && <RestartDialog run={run} from={{ id, name }} onClose={() => setOpen(false)} />}
    </>
  );
}

/** The task runs of a flow run, however many they are. They come with its trace, so that both tabs ask once. */
export function TaskRunTable({ run }: { readonly run: Pick<FlowRun, 'id' | 'name'> }) {
  const [group, setGroup] = useState<StateGroup | 'all'>('all');
  const [name, setName] = useState('');
  const trace = useQuery(flowRuns.trace(run.id));
  const all = useMemo(() => trace.data && calledTasks(trace.data), [trace.data]);
  const counts = useMemo(() => countGroups(all ?? []), [all]);
  const shown = useMemo(() => (all ?? []).filter((each) => isIn(each, group) && matches(each, name.toLowerCase())), [all, group, name]);
  const choices = Object.fromEntries(
    (['all', ...STATE_GROUP_NAMES] as const).map((each) => [
      each,
      `${each === 'all' ? 'All' : STATE_GROUPS[each].label} ${count(counts[each] ?? 0)}`,
    ]),
  );
  return (
    <Card
      flush
      title={<Segments label="State" value={group} choices={choices} onChange={(value) => setGroup(value as StateGroup | 'all')} />}
      actions={<SearchField label="A part of the name" value={name} onChange={setName} />}
    >
      <Answer of={trace} height={300}>
        {({ more, task_runs }) => (
          <>
            {more && <Note>There are more task runs: the first {count(task_runs.length)} of them are shown.</Note>}
            <OfRun value={run}>
              <DataTable
                label="Task runs"
                rows={shown}
                columns={columns}
                rowKey={({ task }) => task.id}
                tone={({ task }) => lookOf(task).tone}
                empty={<Empty title={task_runs.length === 0 ? 'It has called no task' : 'No task run matches'} />}
              />
            </OfRun>
          </>
        )}
      </Answer>
    </Card>
  );
}

const matches = ({ task, name }: CalledTask, text: string) => [name, task.name].some((each) => each.toLowerCase().includes(text));

const isIn = ({ task: { state_type } }: CalledTask, group: StateGroup | 'all') =>
  group === 'all' || (state_type !== null && (STATE_GROUPS[group].types as readonly string[]).includes(state_type));

function countGroups(tasks: readonly CalledTask[]): { readonly [G in StateGroup | 'all']?: number } {
  const counts: { [group: string]: number } = { all: tasks.length };
  for (const task of tasks) {
    const group = STATE_GROUP_NAMES.find((each) => isIn(task, each));
    if (group) counts[group] = (counts[group] ?? 0) + 1;
  }
  return counts;
}
