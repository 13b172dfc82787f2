import { Link } from '@tanstack/react-router';
import { Pause, Play, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Automation } from '../../api/automations.ts';
import type { Act } from '../acts/act.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { IconButton } from '../base/button.tsx';
import { columnsOf, DataTable } from '../base/data-table.tsx';
import { Sign } from '../base/tags.tsx';
import { deleteAct, switchAct } from './acts.ts';
import { actionWords, triggerWords } from './automation-words.ts';

const columns = columnsOf<Automation>((column) => [
  column.display({ id: 'name', header: 'Automation', cell: ({ row }) => <Name {...row.original} />, meta: { wraps: true, narrow: '64%' } }),
  column.display({ id: 'when', header: 'When', cell: ({ row }) => triggerWords(row.original.trigger), meta: { wideOnly: true, wraps: true } }),
  column.display({
    id: 'then',
    header: 'Then',
    cell: ({ row }) => row.original.actions.map(actionWords).join(', '),
    meta: { wideOnly: true, wraps: true },
  }),
  column.display({
    id: 'acts',
    header: () => <span className="hidden-text">What can be done</span>,
    cell: ({ row }) => <Acts automation={row.original} />,
    meta: { align: 'end', width: '92px' },
  }),
]);

interface AutomationTableProps {
  readonly automations: readonly Automation[];
  readonly empty: ReactNode;
}

/** Automations, each as a sentence: when, then. */
export const AutomationTable = ({ automations, empty }: AutomationTableProps) => (
  <DataTable label="Automations" rows={automations} columns={columns} rowKey={({ id }) => id} empty={empty} />
);

function Name({ id, name, enabled }: Automation) {
  return (
    <>
      <Link to="/automations/$id" params={{ id }}>
        {name}
      </Link>{' '}
      {!enabled && <Sign tone="pending">off</Sign>}
    </>
  );
}

function Acts({ automation }: { readonly automation: Automation }) {
  const [act, setAct] = useState<Act>();
  const { name, enabled } = automation;
  return (
    <>
      <IconButton label={`Switch ${name} ${enabled ? 'off' : 'on'}`} icon={enabled ? Pause : Play} onClick={() => setAct(switchAct(automation))} />
      <IconButton label={`Delete ${name}`} icon={Trash2} onClick={() => setAct(deleteAct(automation))} />
      <ActDialog act={act} onClose={() => setAct(undefined)} />
    </>
  );
}
