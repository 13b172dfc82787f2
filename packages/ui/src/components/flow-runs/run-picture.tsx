import { lazy, Suspense, useDeferredValue } from 'react';
import type { FlowRun } from '../../api/flow-runs.ts';
import { count } from '../../lib/format.ts';
import { Card } from '../base/card.tsx';
import { SCATTER_HEIGHT } from './scatter-height.ts';

const RunScatter = lazy(async () => ({ default: (await import('./run-scatter.tsx')).RunScatter }));

/** More points than these are no picture any more. */
const MOST = 2000;

interface RunPictureProps {
  /** As the list below has them; undefined while they come. */
  readonly runs: readonly FlowRun[] | undefined;
  /** Whether the list goes on. */
  readonly more: boolean;
}

/** How long the runs of a list took, before the list. */
export function RunPicture({ runs = [], more }: RunPictureProps) {
  const started = useDeferredValue(runs.filter(({ start_time }) => start_time !== null).slice(0, MOST));
  if (started.length < 2) return null;
  const isPart = more || runs.length > MOST;
  return (
    <Card
      title="How long they took"
      actions={
        <span className="quiet">{isPart ? `the first ${count(started.length)} of the list` : `${count(started.length)} runs, by their start`}</span>
      }
    >
      <Suspense fallback={<div style={{ height: SCATTER_HEIGHT }} />}>
        <RunScatter runs={started} />
      </Suspense>
    </Card>
  );
}
