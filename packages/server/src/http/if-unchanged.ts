import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { JsonObject } from '@sluice/core/lib/json';
import type { Database, Sql } from '../db/database.ts';
import { type EditedTable, lockAsOf } from '../store/guard.ts';
import type { Key } from '../store/key.ts';
import { readRecord } from '../store/records.ts';
import type { RequestContext } from './handlers.ts';

interface Edited {
  readonly table: EditedTable;
  readonly key: Key;
  /** How a sentence names it: `Work pool "etl"`. */
  readonly what: string;
}

const MAX_SHOWN = 200;

type Guarded = Pick<RequestContext, 'ifMatch'> & { readonly body: object };

/** Refuses a change of a record that is not any more the one that its sender has seen; in the transaction of the change. */
export async function expectUnchanged(tx: Sql, { ifMatch, body }: Guarded, edited: Edited): Promise<void> {
  const { table, key } = edited;
  if (ifMatch !== null && (await lockAsOf(tx, table, key, ifMatch)) === false) throw await changedMeanwhile(tx, edited, Object.keys(body));
}

/** Makes a change in a transaction, unless the record is not any more the one that its sender has seen. */
export function ifUnchanged<T>(database: Database, request: Guarded, edited: Edited, change: (tx: Sql) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await expectUnchanged(tx, request, edited);
    return change(tx);
  });
}

async function changedMeanwhile(sql: Sql, { table, key, what }: Edited, fields: readonly string[]): Promise<SluiceError> {
  const now = JSON.parse((await readRecord(sql, `${table}_view`, key)) ?? '{}') as JsonObject;
  const shown = fields.flatMap((field) => (field in now ? `${field} is ${JSON.stringify(now[field]).slice(0, MAX_SHOWN)} now` : []));
  return new SluiceError(
    'CONFLICT',
    `${what} was changed by somebody else, at ${now['updated']}${shown.length > 0 ? `: ${shown.join(', ')}` : ''}.`,
    {
      hint: 'Look at it again, and send the change with its new `updated` in If-Match; without that header it is made in any case.',
    },
  );
}
