import { isFinal } from '@sluice/core/model/state-type';
import { Minus, Plus, Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { useAddress, useChangeAddress } from '../../lib/address.ts';
import { count, millis } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { Answer } from '../base/answer.tsx';
import { Button, IconButton } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { Note } from '../base/notice.tsx';
import { SearchField } from '../base/search-field.tsx';
import { type RunSearch, runSearch } from '../flow-runs/run-search.ts';
import { axisOf } from './trace-bar.ts';
import { TraceDetail } from './trace-detail.tsx';
import { TraceGrid } from './trace-grid.tsx';
import { rowsOf } from './trace-rows.ts';
import type { TraceNode } from './trace-tree.ts';
import styles from './trace-view.module.css';
import { useTrace } from './use-trace.ts';

const MOST_ZOOM = 64;

/** What a run did, and when: its tasks and flow runs as a tree, their bars on one axis of time. */
export function TraceView({ run }: { readonly run: FlowRun }) {
  const { bar } = useAddress(runSearch);
  const change = useChangeAddress<RunSearch>();
  const clock = useNow();
  const now = isFinal(run.state_type) ? (millis(run.end_time) ?? clock) : clock;
  const [opened, setOpened] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [openRuns, setOpenRuns] = useState<readonly string[]>([]);
  const [find, setFind] = useState('');
  const [errorsOnly, setErrorsOnly] = useState(false);
  const [zoom, setZoom] = useState(1);
  const { answer, tree } = useTrace(run, openRuns);
  const rows = useMemo(() => rowsOf(tree, { opened, find, errorsOnly }), [tree, opened, find, errorsOnly]);
  const axis = tree.of ? axisOf(tree.of, now) : { from: now - 1000, to: now };
  const chosen = bar === undefined ? undefined : rows.find(({ node }) => node.of?.id === bar)?.node;

  function toggle(nodes: readonly TraceNode[], isOpen: boolean): void {
    setOpened(new Map([...opened, ...nodes.map(({ key }) => [key, isOpen] as const)]));
    const closed = isOpen ? nodes.flatMap(({ isClosedRun, runId }) => (isClosedRun && runId ? [runId] : [])) : [];
    if (closed.length > 0) setOpenRuns([...new Set([...openRuns, ...closed])]);
  }

  return (
    <div className={styles['parts']}>
      <Card
        flush
        className={styles['picture']}
        title={
          <span className={styles['count']}>
            {answer.data && `${count(answer.data.task_runs.length)} task ${answer.data.task_runs.length === 1 ? 'run' : 'runs'}`}
          </span>
        }
        actions={
          <>
            <SearchField label="Search the trace" value={find} onChange={setFind} />
            <Button icon={Search} aria-pressed={errorsOnly} onClick={() => setErrorsOnly(!errorsOnly)} kind={errorsOnly ? 'primary' : 'plain'}>
              Errors only
            </Button>
            <IconButton label="Less of the time axis at once" icon={Plus} disabled={zoom >= MOST_ZOOM} onClick={() => setZoom(zoom * 2)} />
            <IconButton label="More of the time axis at once" icon={Minus} disabled={zoom <= 1} onClick={() => setZoom(zoom / 2)} />
          </>
        }
      >
        <Answer of={answer} height={360}>
          {({ more, task_runs }) => (
            <>
              {more && <Note>There are more task runs: the first {count(task_runs.length)} of them are shown.</Note>}
              <TraceGrid
                run={run}
                rows={rows}
                axis={axis}
                now={now}
                zoom={zoom}
                chosen={chosen?.key}
                onChoose={(node) => change({ bar: node.of?.id })}
                onToggle={toggle}
              />
            </>
          )}
        </Answer>
      </Card>
      {chosen && chosen.key !== tree.key && (
        <TraceDetail
          key={chosen.key}
          node={chosen}
          runName={chosen.within === run.id ? run.name : 'its flow run'}
          now={now}
          onClose={() => change({ bar: undefined })}
        />
      )}
    </div>
  );
}
