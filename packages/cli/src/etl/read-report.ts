import { readFile } from 'node:fs/promises';
import type { Client } from '@sluice/client';
import { isErrorCode } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject } from '@sluice/core/lib/json';
import type { FlowRun } from '@sluice/core/model/flow-run';
import { REPORT_TASK, type Report, reportIn, reportOf } from '@sluice/etl';
import { readResult } from '../find/result.ts';
import { called } from '../program/called.ts';

/** What the second clean-up has written, on whatever machine. A job that failed before it has no report, only a reason. */
export async function readReport(client: Client, home: string, main: FlowRun): Promise<Report> {
  const report = (await fromHome(home, main.id)) ?? (await fromServer(client, main.id));
  if (report) return report;
  if (main.state_type === 'COMPLETED') {
    throw new SluiceError('NOT_FOUND', `The flow run ${main.name} has written no report: it is not a job, or one of an older Sluice.`, {
      hint: 'Name a flow run of main-etl-job: sluice flow-run ls --flow-name main-etl-job',
    });
  }
  const { code, hint } = main.state?.type === 'FAILED' && isObject(main.state.data) ? main.state.data : {};
  throw new SluiceError(
    isErrorCode(code) ? code : 'FLOW_RUN_FAILED',
    `The job is ${main.state_name}: ${main.state?.message ?? 'it gave no reason.'}`,
    {
      hint: typeof hint === 'string' ? hint : `See what it did: ${called('server start')}, then ${called(`flow-run logs ${main.id}`)}`,
    },
  );
}

async function fromHome(home: string, id: string): Promise<Report | undefined> {
  const report = JSON.parse(await readFile(reportOf(home, id), 'utf8').catch(() => 'null')) as Report | null;
  return report?.flow_run_id === id ? report : undefined;
}

/** A job that was retried has several: the last one counts. */
async function fromServer(client: Client, id: string): Promise<Report | undefined> {
  const [written] = await client.request('POST /task_runs/filter', {
    body: {
      flow_runs: { parent_flow_run_id: { any_: [id] } },
      task_runs: { name: { like_: REPORT_TASK }, state: { type: { any_: ['COMPLETED'] } } },
      sort: 'END_TIME_DESC',
      limit: 1,
    },
  });
  return written && reportIn(await readResult(client, written.state));
}
