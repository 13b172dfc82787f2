import { messageOf } from '@sluice/core/errors/sluice-error';
import { type RunContext, recordTableLoad } from '@sluice/sdk';
import type { Destination, SeenLoad } from '../destinations/destination.ts';
import type { Extract, Load } from '../model.ts';
import { formatName } from '../names/qualified-name.ts';
import { detailsOf } from './load-details.ts';

interface Told {
  readonly load: SeenLoad;
  readonly extract: Pick<Extract, 'plan' | 'parts' | 'seconds'>;
  readonly destination: Pick<Destination, 'place'>;
}

/**
 * Tells the server of a load that is committed, for those who look at it from there. The warehouse's ledger says what is true, so a
 * server that does not take it stops nothing; told again, it changes nothing. Returns the load as the result of its run.
 */
export async function tellLoad({ load: { seen, ...load }, extract, destination }: Told, { run, log, signal }: RunContext): Promise<Load> {
  if (!seen) return load;
  const { plan, parts } = extract;
  const { load_id, rows_read, rows_loaded, rows_quarantined, verify, verified, replay_of = null } = load;
  try {
    await recordTableLoad({
      ...{ load_id, rows_read, rows_loaded, rows_quarantined, verify, verified, replay_of },
      warehouse: destination.place,
      table: formatName(load.target),
      source: plan.source,
      source_table: plan.from.schema === null ? plan.from.name : formatName({ schema: plan.from.schema, name: plan.from.name }),
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      seconds: extract.seconds + load.seconds,
      committed: seen.committed,
      flow_run_id: run.flow_run_id,
      details: detailsOf(extract, load, seen),
    });
  } catch (error) {
    signal.throwIfAborted();
    log.warn('the server was not told of the load', { table: plan.table, error: messageOf(error) });
  }
  return load;
}
