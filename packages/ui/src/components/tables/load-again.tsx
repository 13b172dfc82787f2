import { parametersAgain } from '@sluice/core/lib/load-again';
import { useQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { deployments } from '../../api/deployments.ts';
import { type TableLoad, tableLoads, type WholeTableLoad } from '../../api/table-loads.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { Button } from '../base/button.tsx';
import { newKey, runAct } from '../deployments/run-act.ts';
import { TypeFields } from './type-fields.tsx';

interface LoadAgainProps {
  /** As it stands there. */
  readonly load: WholeTableLoad;
  /** The load that has read it from its source. */
  readonly last: TableLoad;
  readonly onStart: (flowRunId: string) => void;
}

/** Loads just this table again, as it was loaded last; the types of its columns may be others. */
export function LoadAgain({ load, last, onStart }: LoadAgainProps) {
  const [isOpen, setOpen] = useState(false);
  const [types, setTypes] = useState<Readonly<Record<string, string>>>({});
  const parameters = useQuery(tableLoads.one(last.id)).data?.parameters;
  const deployment = useQuery({ ...deployments.one(last.deployment_id ?? ''), enabled: last.deployment_id !== null }).data;
  // The key is of this wish: sent twice it makes one run.
  const wish = useMemo(
    () => ({ parameters: parametersAgain(parameters ?? {}, types), name: '', tags: [load.table], delay: '', key: newKey() }),
    [parameters, types, load.table],
  );
  if (!deployment || !parameters) return null;
  const act = {
    ...runAct(deployment, 'process-table-etl', wish, (id) => {
      onStart(id);
      setTypes({});
    }),
    title: `Load ${load.table} again`,
    about: `It is read from ${last.source ?? 'its source'} as it was read last, and takes the place of what stands there, with its quarantine.`,
    confirm: 'Load again',
  };
  return (
    <>
      <Button icon={RotateCw} onClick={() => setOpen(true)}>
        Load again
      </Button>
      <ActDialog act={isOpen ? act : undefined} onClose={() => setOpen(false)} wide>
        {load.details && <TypeFields columns={load.details.columns} types={types} onChange={setTypes} />}
      </ActDialog>
    </>
  );
}
