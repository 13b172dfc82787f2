import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Writer } from '../orchestrate/change.ts';
import type { RunAccess } from './run-access.ts';
import { bundleReadBy, runsChangedBy } from './run-routes.ts';

/** Refuses what the token of a run would change in runs that are not its own. */
export async function expectOwnRuns(runAccess: Pick<RunAccess, 'owns'>, tokenOf: Writer, route: string, request: object): Promise<void> {
  for (const id of runsChangedBy(route, request)) {
    if (await runAccess.owns(tokenOf, id)) continue;
    throw new SluiceError('FORBIDDEN', `The token of flow run ${tokenOf.flow_run_id} cannot change ${id}, which is not one of its own runs.`, {
      hint: 'It can only cancel other runs. To do more, give the deployment a key in a variable of its own: deploy(…, { env: { … } }).',
    });
  }
}

/** Refuses the code of other runs to the token of a run. */
export async function expectOwnBundle(runAccess: Pick<RunAccess, 'hasBundle'>, tokenOf: Writer, route: string, request: object): Promise<void> {
  const name = bundleReadBy(route, request);
  if (name === undefined || (await runAccess.hasBundle(tokenOf, name))) return;
  throw new SluiceError('FORBIDDEN', `The token of flow run ${tokenOf.flow_run_id} cannot read bundle ${name}: the run was not made with it.`, {
    hint: 'Ask for the bundle that the run names, or use a key.',
  });
}

/** Whoever has the token of a run is its process. It holds no other lease but those of runs that this process has made. */
export async function expectOwnLease(runAccess: Pick<RunAccess, 'made'>, tokenOf: Writer, writer: Writer): Promise<void> {
  if (writer.flow_run_id === tokenOf.flow_run_id ? writer.epoch === tokenOf.epoch : await runAccess.made(tokenOf, writer.flow_run_id)) return;
  throw new SluiceError('FORBIDDEN', `The token of flow run ${tokenOf.flow_run_id}, epoch ${tokenOf.epoch}, is not the lease of another run.`, {
    hint: 'Leave X-Sluice-Lease out: the token says which run sends the request.',
  });
}
