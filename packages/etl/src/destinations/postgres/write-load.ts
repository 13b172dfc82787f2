import { messageOf } from '@sluice/core/errors/sluice-error';
import type { PostgresClient } from '../../postgres/connect.ts';
import type { SeenLoad, WriteRequest } from '../destination.ts';
import { type Outcome, removeParts } from '../outcome.ts';
import { seeTable } from './see.ts';
import { type Find, inTransaction } from './transaction.ts';

/** Does all of it in one transaction or nothing, and looks at what stands there then. */
export async function writeLoad(find: Find, request: WriteRequest, settle: (client: PostgresClient) => Promise<Outcome>): Promise<SeenLoad> {
  const { extract, context, preview_rows } = request;
  const { plan } = extract;
  const { signal } = context;
  const total = extract.rows_read - extract.rows_quarantined;
  const started = performance.now();
  context.progress({ done: 0, total, label: 'loading' });
  const outcome = await inTransaction(find, { access: 'write', signal, table: plan.table }, settle);
  context.progress({ done: total, total, label: 'loading' });
  // The load is committed: that it cannot be looked at stops nothing.
  const seen =
    outcome.outcome === 'superseded'
      ? undefined
      : await inTransaction(find, { access: 'read', signal }, (client) => seeTable(client, plan, outcome, preview_rows ?? 0)).catch(
          (error: unknown) => {
            signal.throwIfAborted();
            context.log.warn('the table cannot be shown', { table: plan.table, error: messageOf(error) });
            return undefined;
          },
        );
  await removeParts(extract);
  return { ...outcome, table: plan.table, target: plan.target, seconds: (performance.now() - started) / 1000, seen };
}
