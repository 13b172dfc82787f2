import type { RouteOutput } from '@sluice/core/api/routes';
import { SECOND, toInstant } from '@sluice/core/lib/time';
import { readHistory } from '../../store/history.ts';
import { readFlowNames, readPlaceFacts } from '../../store/overview.ts';
import { listRecords, textOf } from '../../store/records.ts';
import { readRunSummary } from '../../store/run-summary.ts';
import type { Deps, Handlers } from '../handlers.ts';

const HOUR = 3600;
const HOURS = 24;
const NEWEST = 12;

type Overview = RouteOutput<'GET /overview'>;

export const overviewHandlers = ({ database: { sql } }: Deps): Handlers<'GET /overview'> => ({
  'GET /overview': async () => {
    const hour = Math.floor(Date.now() / 1000 / HOUR) * HOUR;
    const [start, end] = [hour - (HOURS - 1) * HOUR, hour + HOUR].map((seconds) => toInstant(seconds * SECOND)) as [string, string];
    const [facts, states, history, newest] = await Promise.all([
      readPlaceFacts(sql),
      readRunSummary(sql, 'flow_run', {}),
      readHistory(sql, 'flow_run', {}, { start, end, seconds: HOUR }),
      listRecords(sql, 'flow_run_view', { order: 'id desc', limit: NEWEST, offset: 0 }),
    ]);
    const runs = JSON.parse(await textOf(newest)) as Overview['runs'];
    const flow_names = await readFlowNames(sql, [...new Set(runs.map(({ flow_id }) => flow_id))]);
    return { ...facts, states, history: JSON.parse(history) as Overview['history'], runs, flow_names };
  },
});
