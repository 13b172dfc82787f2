import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Writer } from '../orchestrate/change.ts';
import type { RunAccess } from './run-access.ts';
import { runsChangedBy } from './run-routes.ts';

/** Refuses what the token of a run would change in runs that are not its own. */
export async function expectOwnRuns(runAccess: Pick<RunAccess, 'owns'>, tokenOf: Writer, route: string, request: object): Promise<void> {
  for (const id of runsChangedBy(route, request)) {
    if (await runAccess.owns(tokenOf, id)) continue;
    throw new SluiceError('FORBIDDEN', `The token of flow run ${tokenOf.flow_run_id} cannot change ${id}, which is not one of its own runs.`, {
      hint: 'It can only cancel other runs. To do more, give the deployment a key in a variable of its own: deploy(…, { env: { … } }).',
    });
  }
}

/** Whoever has the token of a run is its process. It holds no other lease but those of runs that this process has made. */
export async function expectOwnLease(runAccess: Pick<RunAccess, 'made'>, tokenOf: Writer, writer: Writer): Promise<void> {
  if (writer.flow_run_id === tokenOf.flow_run_id ? writer.epoch === tokenOf.epoch : await runAccess.made(tokenOf, writer.flow_run_id)) return;
  throw new SluiceError('FORBIDDEN', `The token of flow run ${tokenOf.flow_run_id}, epoch ${tokenOf.epoch}, is not the lease of another run.`, {
    hint: 'Leave X-Sluice-Lease out: the token says which run sends the request.',
  });
}
