import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Overview } from '../api/overview.ts';
import { overview } from '../api/overview.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { CopyLine } from '../components/base/copy-line.tsx';
import { type Figure, Figures } from '../components/base/figures.tsx';
import { Empty, Note } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { RunTable } from '../components/flow-runs/run-table.tsx';
import { HistoryBars } from '../components/overview/history-bars.tsx';
import { SlotBars } from '../components/overview/slot-bars.tsx';
import { bounded } from '../lib/format.ts';
import { STATE_GROUPS, type StateGroup, sumOfGroup, TONE_OF_GROUP } from '../lib/states.ts';
import styles from './home.module.css';

/** What happens now, and what happened the last day. All of it is one question. */
export function Home() {
  const answer = useQuery(overview);
  return (
    <>
      <PageHead title="Home" />
      <Answer of={answer} height={620}>
        {(data) => (
          <>
            {data.backlogs.map(({ work_pool_name, work_queue_name, waiting }) => (
              <Note key={`${work_pool_name}/${work_queue_name}`}>
                <div className={styles['backlog']}>
                  <span>
                    {bounded({ count: waiting, more: false })} {waiting === 1 ? 'run waits' : 'runs wait'} in the queue “{work_queue_name}” of the
                    pool “{work_pool_name}”, and no worker takes runs of it.
                  </span>
                  <CopyLine text={`npx sluice worker start --pool ${work_pool_name}`} />
                </div>
              </Note>
            ))}
            <div className={styles['columns']}>
              <Card title={<Now data={data} />}>
                <HistoryBars history={data.history} />
              </Card>
              <Card title="Slots">{data.slots.length > 0 ? <SlotBars slots={data.slots} /> : <p className="quiet">Nothing is limited.</p>}</Card>
            </div>
            <Card title="Newest runs" flush actions={<Link to="/runs">All runs</Link>}>
              <RunTable
                label="Newest runs"
                runs={data.runs}
                flowNames={data.flow_names}
                empty={
                  <Empty title="No run yet" command="npm run etl">
                    The ETL of 20 tables is a good first one. Or deploy flows of your own: npx sluice deploy
                  </Empty>
                }
              />
            </Card>
          </>
        )}
      </Answer>
    </>
  );
}

const GROUPS: readonly StateGroup[] = ['running', 'queued'];

function Now({ data: { states, late, failed_last_hour, workers, slots } }: { readonly data: Overview }) {
  const [used, limit] = [slots.reduce((sum, slot) => sum + slot.used, 0), slots.reduce((sum, slot) => sum + slot.limit, 0)];
  const figures: Figure[] = [
    ...GROUPS.map((group) => {
      const sum = sumOfGroup(states, group);
      return { label: STATE_GROUPS[group].label.toLowerCase(), value: bounded(sum), tone: sum.count > 0 ? TONE_OF_GROUP[group] : undefined };
    }),
    { label: 'late', value: late, tone: late > 0 ? 'late' : undefined },
    { label: 'failed in the last hour', value: failed_last_hour, tone: failed_last_hour > 0 ? 'failed' : undefined },
    { label: 'slots in use', value: limit > 0 ? `${used} of ${limit}` : '–' },
    { label: 'workers', value: workers.offline > 0 ? `${workers.online} + ${workers.offline} offline` : workers.online },
  ];
  return <Figures figures={figures} />;
}
