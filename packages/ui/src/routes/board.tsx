import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { flowRuns } from '../api/flow-runs.ts';
import { useLiveBoard } from '../api/use-live-board.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { CopyLine } from '../components/base/copy-line.tsx';
import { Empty, Note } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { BoardNumbers } from '../components/board/board-numbers.tsx';
import { BoardPicture } from '../components/board/board-picture.tsx';
import { BoardRun } from '../components/board/board-run.tsx';
import { BoardTable } from '../components/board/board-table.tsx';
import type { Span } from '../graph/scale.ts';
import { usePart } from '../lib/address.ts';

/** A run and all that it started: which worker ran what, and when. */
export function Board() {
  return <BoardOf id={usePart()} />;
}

/** The board of the newest run that was started by no other. */
export function NewestBoard() {
  const newest = useQuery(flowRuns.newestRoot());
  return (
    <Answer of={newest} height={300}>
      {([run]) =>
        run ? (
          <BoardOf id={run.id} />
        ) : (
          <>
            <PageHead title="Board" />
            <Card>
              <Empty title="No run yet" command="npm run etl">
                A run and all that it starts are drawn here, worker by worker.
              </Empty>
            </Card>
          </>
        )
      }
    </Answer>
  );
}

function BoardOf({ id }: { readonly id: string }) {
  const board = useLiveBoard(id);
  const [chosen, choose] = useState<string | null>(null);
  const [span, look] = useState<Span>();
  const at = board.data?.at;
  const ahead = useMemo(() => (at ? Date.parse(at) - Date.now() : 0), [at]);
  const run = board.data?.runs.find((each) => each.id === id);
  const chosenRun = board.data?.runs.find((each) => each.id === chosen);
  return (
    <>
      <PageHead
        title={run ? `${run.flow_name} / ${run.name}` : 'Board'}
        within={{ to: '/runs', title: 'Runs' }}
        actions={
          <Link to="/runs/$id" params={{ id }}>
            The run
          </Link>
        }
      />
      <Answer of={board} height={420}>
        {(data) => (
          <>
            {data.more && <Note>There are more runs than a board holds: these are the first {data.runs.length}.</Note>}
            <Card flush title={<BoardNumbers runs={data.runs} ahead={ahead} />}>
              <BoardPicture
                board={data}
                ahead={ahead}
                chosen={chosen}
                label={`Workers and the ${data.runs.length} runs that they ran, over time; the table below says the same.`}
                onPick={choose}
                onSpan={look}
              />
            </Card>
            {chosenRun && <BoardRun run={chosenRun} onClose={() => choose(null)} />}
            <Card flush>
              <BoardTable runs={chosen ? data.runs.filter((each) => each.id === chosen) : data.runs} span={span} />
            </Card>
          </>
        )}
      </Answer>
      <CopyLine text={`npx sluice flow-run board ${id} > board.html`} label="Copy as a command" />
    </>
  );
}
