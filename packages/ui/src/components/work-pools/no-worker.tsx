import type { Worker } from '../../api/work-pools.ts';
import { count } from '../../lib/format.ts';
import { CopyLine } from '../base/copy-line.tsx';
import { Note } from '../base/notice.tsx';

interface NoWorkerProps {
  readonly pool: string;
  readonly workers: readonly Worker[];
  readonly waiting: number;
}

/** Runs wait, and nobody is there to take them: how to start somebody. */
export function NoWorker({ pool, workers, waiting }: NoWorkerProps) {
  if (waiting === 0 || workers.some(({ status }) => status === 'ONLINE')) return null;
  return (
    <Note>
      <p>
        {count(waiting)} {waiting === 1 ? 'run waits' : 'runs wait'}, and no worker of {pool} is online. Start one:
      </p>
      <CopyLine text={`npx sluice worker start --pool ${pool}`} />
    </Note>
  );
}
