import { isObject } from '@sluice/core/lib/json';
import { isResultData } from '@sluice/core/model/result';
import { isFinal } from '@sluice/core/model/state-type';
import { useQuery } from '@tanstack/react-query';
import type { FlowRun } from '../../api/flow-runs.ts';
import type { TaskRun } from '../../api/task-runs.ts';
import { taskRuns } from '../../api/task-runs.ts';
import { Answer } from '../base/answer.tsx';
import { JsonCard } from '../base/json-card.tsx';
import { Empty } from '../base/notice.tsx';

/** What a run has returned: in its state, or in a record of its own that the state names. */
export function RunResult({ run }: { readonly run: Pick<FlowRun | TaskRun, 'id' | 'state'> }) {
  const data = run.state?.data;
  const file = `result-${run.id}.json`;
  if (!run.state || !isFinal(run.state.type)) return <Empty title="It has not ended">What it returns is here when it has.</Empty>;
  if (isResultData(data) && data.result) return <Stored id={data.result} file={file} codec={data.codec} />;
  if (isResultData(data) && 'value' in data) return <JsonCard title={title(data.codec)} value={data.value as never} file={file} />;
  if (isObject(data) && data['type'] === 'unpersisted') {
    return <Empty title="It kept nothing">What it returned was not stored, so it cannot be shown.</Empty>;
  }
  if (data === null || data === undefined) return <Empty title="It returned nothing" />;
  return <JsonCard title="What its state holds" value={data} file={file} />;
}

const title = (codec: string | undefined) => (codec ? `Result, written as ${codec}` : 'Result');

function Stored({ id, file, codec }: { readonly id: string; readonly file: string; readonly codec: string | undefined }) {
  const result = useQuery(taskRuns.result(id));
  return (
    <Answer of={result} height={200}>
      {(value) => <JsonCard title={title(codec)} value={value} file={file} />}
    </Answer>
  );
}
