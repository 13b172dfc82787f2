import { useQuery } from '@tanstack/react-query';
import { Wrench } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { deployments } from '../../api/deployments.ts';
import type { QuarantineRow, WholeTableLoad } from '../../api/table-loads.ts';
import { count } from '../../lib/format.ts';
import { ActDialog } from '../acts/act-dialog.tsx';
import { sluice } from '../acts/call-text.ts';
import { Button } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { CopyLine } from '../base/copy-line.tsx';
import { Empty, Fault } from '../base/notice.tsx';
import { newKey } from '../deployments/run-act.ts';
import styles from './quarantine.module.css';
import { QuarantineTable, textOf } from './quarantine-table.tsx';
import { type Mends, replayAct } from './replay-act.ts';

interface QuarantineProps {
  readonly load: WholeTableLoad;
  readonly onStart: (flowRunId: string) => void;
}

/** Rows of a table that could not be kept: their text is mended here, and loaded. */
export function Quarantine({ load, onStart }: QuarantineProps) {
  const rows = load.details?.quarantine ?? NONE;
  const [texts, setMends] = useState<Mends>(new Map());
  // What was mended meanwhile is not here any more; all else that somebody has written stays.
  const mends = useMemo(() => new Map(rows.flatMap((row) => toMend(row, texts.get(row.id)))), [rows, texts]);
  const [isOpen, setOpen] = useState(false);
  const replay = useQuery(deployments.named('quarantine-replay', 'quarantine-replay-deployment'));
  const mend = useCallback((row: QuarantineRow, text: string) => setMends((before) => new Map(before).set(row.id, text)), []);
  // The key is of these texts: sent twice they make one run.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other texts, another key
  const key = useMemo(newKey, [mends]);
  const left = load.rows_quarantined - rows.length;
  const deployment = replay.data?.[0];
  const act = deployment && replayAct({ deployment: deployment.id, load, mends, key, onStart });
  return (
    <Card
      flush
      title={`Quarantine: ${count(load.rows_quarantined)} ${load.rows_quarantined === 1 ? 'row' : 'rows'}`}
      actions={
        <>
          {mends.size > 0 && <Button onClick={() => setMends(new Map())}>Take back</Button>}
          <Button icon={Wrench} kind={mends.size > 0 ? 'primary' : 'plain'} disabled={mends.size === 0 || !act} onClick={() => setOpen(true)}>
            {mends.size === 0 ? 'Load mended rows' : `Load ${count(mends.size)} mended ${mends.size === 1 ? 'row' : 'rows'}`}
          </Button>
        </>
      }
    >
      {replay.error && <Fault error={replay.error} />}
      {replay.data && !deployment && <NoReplay />}
      <QuarantineTable rows={rows} mends={mends} onMend={mend} />
      <footer className={styles['foot']}>
        <p className="quiet">
          {left > 0 ? `And ${count(left)} more. All of them, to be mended in a file:` : 'The same as a file, to be mended there:'}
        </p>
        <CopyLine text={`${sluice('quarantine', 'show', load.table, '-o', 'jsonl')} > rows.jsonl`} />
      </footer>
      <ActDialog act={isOpen ? act : undefined} onClose={() => setOpen(false)} wide />
    </Card>
  );
}

/** Deployed by an older job: the next deploy makes it. */
function NoReplay() {
  return (
    <Empty title="Mended rows are loaded by a deployment that is not here" command="npx sluice deploy">
      It is quarantine-replay/quarantine-replay-deployment, which a job of @sluice/etl has beside the others.
    </Empty>
  );
}

const NONE: readonly never[] = [];

/** A text that is again what stood there is none. */
const toMend = (row: QuarantineRow, text: string | undefined): [id: string, text: string][] =>
  text === undefined || text === textOf(row) ? [] : [[row.id, text]];
