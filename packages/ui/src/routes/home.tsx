import { useQuery } from '@tanstack/react-query';
import { flowRuns } from '../api/flow-runs.ts';
import { Answer } from '../components/base/answer.tsx';
import { Card } from '../components/base/card.tsx';
import { Empty } from '../components/base/notice.tsx';
import { PageHead } from '../components/base/page-head.tsx';
import { RunTable } from '../components/flow-runs/run-table.tsx';

/** What happens now. */
export function Home() {
  const runs = useQuery(flowRuns.list({ limit: 12 }));
  return (
    <>
      <PageHead title="Home" />
      <Card title="Newest runs" flush>
        <Answer of={runs} height={400}>
          {(rows) => (
            <RunTable label="Newest runs" runs={rows} empty={<Empty title="No run yet" command="npx sluice deployment run FLOW/DEPLOYMENT" />} />
          )}
        </Answer>
      </Card>
    </>
  );
}
