import type { Worker } from '../../api/work-pools.ts';
import { Sign } from '../base/tags.tsx';

interface WorkerVersionProps {
  readonly worker: Pick<Worker, 'version'>;
  /** That of the server, when it is known. */
  readonly server: string | undefined;
}

/** The release that a worker is of; it is marked when the server is of another one. */
export function WorkerVersion({ worker: { version }, server }: WorkerVersionProps) {
  if (version === null) return <span className="quiet">–</span>;
  if (server === undefined || version === server) return <span className="number">{version}</span>;
  return (
    <span title={`The server is ${server}: start this worker again with the same release.`}>
      <Sign tone="late">{version}</Sign>
    </span>
  );
}
