import type { DeploymentSchedule } from '@sluice/core/model/schedule';
import { Link } from '@tanstack/react-router';
import { Pause, Pencil, Play, Trash2 } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import type { Act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { IconButton } from '../base/button.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Sign } from '../base/tags.tsx';
import { When } from '../base/when.tsx';
import { deleteAct, type Owner, switchAct } from './acts.ts';
import { CATCHUP_WORDS } from './catchup-words.ts';
import { EditSchedule } from './schedule-dialogs.tsx';
import { scheduleText, scheduleWords } from './schedule-words.ts';

interface Row {
  readonly schedule: DeploymentSchedule;
  readonly owner: Owner;
  /** The first run of it that waits for its time. */
  readonly next: FlowRun | undefined;
}

const columns = columnsOf<Row>((column) => [
  column.display({ id: 'when', header: 'When', cell: ({ row }) => <Words {...row.original} />, meta: { wraps: true } }),
  column.display({ id: 'text', header: 'As written', cell: ({ row }) => <Text {...row.original} />, meta: { wideOnly: true } }),
  column.display({
    id: 'zone',
    header: 'Time zone',
    cell: ({ row }) => row.original.schedule.schedule.timezone ?? 'UTC',
    meta: { wideOnly: true, width: '150px' },
  }),
  column.display({
    id: 'missed',
    header: 'Missed times',
    cell: ({ row }) => CATCHUP_WORDS[row.original.schedule.catchup].short,
    meta: { wideOnly: true, width: '120px' },
  }),
  column.display({ id: 'next', header: 'Next run', cell: ({ row }) => <Next {...row.original} />, meta: { width: '150px', narrow: '86px' } }),
  column.display({
    id: 'acts',
    header: () => <span className="hidden-text">What can be done</span>,
    cell: ({ row }) => <Acts {...row.original} />,
    meta: { align: 'end', width: '128px' },
  }),
]);

interface ScheduleTableProps {
  readonly owner: Owner;
  readonly schedules: readonly DeploymentSchedule[];
  /** Runs of the deployment that wait for their time, the first at the top. */
  readonly planned: readonly FlowRun[];
  readonly empty: ReactNode;
}

/** The schedules of a deployment, each with the run that it makes next. */
export function ScheduleTable({ owner, schedules, planned, empty }: ScheduleTableProps) {
  const rows = useMemo(
    () => schedules.map((schedule) => ({ schedule, owner, next: planned.find(({ created_by }) => created_by?.id === schedule.id) })),
    [schedules, owner, planned],
  );
  return <DataTable label="Schedules" rows={rows} columns={columns} rowKey={({ schedule }) => schedule.id} empty={empty} />;
}

function Words({ schedule: { schedule, active, slug, parameters } }: Row) {
  const names = Object.keys(parameters);
  return (
    <>
      {scheduleWords(schedule)} {!active && <Sign tone="pending">off</Sign>} {slug && <span className="quiet">{slug}</span>}{' '}
      {names.length > 0 && (
        <span className="quiet" title={JSON.stringify(parameters)}>
          with its own {names.join(', ')}
        </span>
      )}
    </>
  );
}

function Text({ schedule: { schedule } }: Row) {
  const text = scheduleText(schedule);
  return text ? <code title={text}>{text}</code> : <span className="quiet">–</span>;
}

function Next({ next }: Row) {
  if (!next) return <span className="quiet">–</span>;
  return (
    <Link to="/runs/$id" params={{ id: next.id }} title={next.name}>
      <When at={next.next_scheduled_start_time} />
    </Link>
  );
}

function Acts({ schedule, owner }: Row) {
  const [act, setAct] = useState<Act>();
  const [isEditing, setEditing] = useState(false);
  const words = scheduleWords(schedule.schedule);
  return (
    <>
      <IconButton label={`Edit: ${words}`} icon={Pencil} onClick={() => setEditing(true)} />
      <IconButton
        label={`Switch ${schedule.active ? 'off' : 'on'}: ${words}`}
        icon={schedule.active ? Pause : Play}
        onClick={() => setAct(switchAct(owner, schedule))}
      />
      <IconButton label={`Delete: ${words}`} icon={Trash2} onClick={() => setAct(deleteAct(owner, schedule))} />
      {isEditing && <EditSchedule owner={owner} schedule={schedule} onClose={() => setEditing(false)} />}
      <ActDialog act={act} onClose={() => setAct(undefined)} />
    </>
  );
}
