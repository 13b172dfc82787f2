import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Deployment } from '../../api/deployments.ts';
import { flowRuns } from '../../api/flow-runs.ts';
import { Button } from '../base/button.tsx';
import { Card } from '../base/card.tsx';
import { Empty, Note } from '../base/notice.tsx';
import { AddSchedule } from './schedule-dialogs.tsx';
import { ScheduleTable } from './schedule-table.tsx';

interface SchedulesProps {
  readonly deployment: Deployment;
  /** How the command line calls it. */
  readonly name: string;
}

/** So many runs are made ahead of all schedules together, more or less. */
const MOST = 200;

/** When a deployment makes runs by itself. */
export function Schedules({ deployment: { id, paused, schedules }, name }: SchedulesProps) {
  const [isAdding, setAdding] = useState(false);
  const owner = useMemo(() => ({ id, name }), [id, name]);
  const planned = useQuery(
    flowRuns.list({
      flow_runs: { deployment_id: { any_: [id] }, state: { type: { any_: ['SCHEDULED'] } } },
      sort: 'NEXT_SCHEDULED_START_TIME_ASC',
      limit: MOST,
    }),
  );
  return (
    <>
      {paused && schedules.length > 0 && <Note>The deployment is paused: its schedules make no runs until it is resumed.</Note>}
      <Card
        flush
        title="Schedules"
        actions={
          <Button icon={Plus} onClick={() => setAdding(true)}>
            Add a schedule
          </Button>
        }
      >
        <ScheduleTable
          owner={owner}
          schedules={schedules}
          planned={planned.data ?? []}
          empty={
            <Empty title="It has no schedule" command={`npx sluice deployment schedule create ${name} --cron "0 6 * * *"`}>
              Runs of it are made by hand, or by other runs.
            </Empty>
          }
        />
      </Card>
      {isAdding && <AddSchedule owner={owner} onClose={() => setAdding(false)} />}
    </>
  );
}
