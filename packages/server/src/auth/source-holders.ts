import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Sql } from '../db/database.ts';
import type { Writer } from '../orchestrate/change.ts';
import { holdsLease, namesSource } from '../store/sources.ts';
import type { RunAccess } from './run-access.ts';
import { changesParameters, sourceReadBy } from './run-routes.ts';

/** The run that asks for the URL of a source, and holds its lease now. A key alone opens none. */
export async function expectRunning(sql: Sql, writer: Writer | null): Promise<Writer> {
  if (!writer) {
    throw new SluiceError('FORBIDDEN', 'The URL of a source is given only to a flow run that names it, while it runs.', {
      hint: 'sluice source ls shows which there are. To know the URL, ask whoever has set it.',
    });
  }
  if (await holdsLease(sql, writer.flow_run_id, writer.epoch)) return writer;
  throw new SluiceError('LEASE_EXPIRED', `Epoch ${writer.epoch} of flow run ${writer.flow_run_id} is over: it is given no source any more.`, {
    hint: 'The run goes on elsewhere, or has ended.',
  });
}

/** Refuses the URL of a source to a run that does not name it. */
export async function expectNamed(sql: Sql, holder: Writer, name: string): Promise<void> {
  if (!(await namesSource(sql, holder.flow_run_id, name))) throw notNamed(holder, name);
}

/**
 * Refuses to the token of a run what its run does not name, whatever is named by runs that the run has made itself. Nor can it change
 * what a run names.
 */
export async function expectOwnSource(runAccess: Pick<RunAccess, 'namesSource'>, tokenOf: Writer, route: string, request: object): Promise<void> {
  if (changesParameters(route, request)) {
    throw new SluiceError('FORBIDDEN', `The token of flow run ${tokenOf.flow_run_id} cannot change the parameters of a run.`, {
      hint: 'Start another run with other parameters.',
    });
  }
  const name = sourceReadBy(route, request);
  if (name !== undefined && !(await runAccess.namesSource(tokenOf, name))) throw notNamed(tokenOf, name);
}

const notNamed = ({ flow_run_id }: Writer, name: string) =>
  new SluiceError('FORBIDDEN', `Flow run ${flow_run_id} does not name the source "${name}", and is not given its URL.`, {
    hint: `Name it in its deployment: deploy(…, { sources: [${JSON.stringify(name)}] }).`,
  });
