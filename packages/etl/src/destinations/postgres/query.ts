import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import pg from 'pg';
import type { PostgresClient } from '../../postgres/connect.ts';
import type { Row } from '../destination.ts';
import { type Find, inTransaction } from './transaction.ts';

const { builtins } = pg.types;

const numberOrText = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);

/** As a DuckDB file answers: numbers that a double holds, truth values, and texts of all else. */
const READERS: { readonly [oid: number]: (text: string) => unknown } = {
  [builtins.BOOL]: (text) => text === 't',
  [builtins.INT2]: Number,
  [builtins.INT4]: Number,
  [builtins.OID]: Number,
  [builtins.FLOAT4]: numberOrText,
  [builtins.FLOAT8]: numberOrText,
};

const types = { getTypeParser: (oid: number) => READERS[oid] ?? ((text: string) => text) };

/** What a cursor is declared for is a select, and can be nothing else; what only tells something has no cursor. */
const TELLING = /^\s*(show|explain)\b/i;

/**
 * The answer to a person's SQL: one statement that reads. The transaction is read-only, the statement is one that a cursor takes, which no
 * data-modifying one is, and what it may have done all the same is rolled back.
 */
export async function queryWarehouse(find: Find, sql: string): Promise<Row[]> {
  const text = sql.replace(/(\s|;|--[^\n]*$)*$/, '');
  if (text.trim() === '') throw new SluiceError('USAGE', 'The query is empty.', { hint: 'For example: select count(*) from public.orders' });
  return await inTransaction(find, { access: 'read' }, async (client) => {
    try {
      if (TELLING.test(text)) return await read(client, text);
      // In the extended protocol a text is one statement.
      await client.query({ text: `declare answer no scroll cursor for ${text}\n`, queryMode: 'extended' } as pg.QueryConfig);
      return await read(client, 'fetch all from answer');
    } catch (error) {
      throw toSlip(error);
    }
  });
}

async function read(client: PostgresClient, text: string): Promise<Row[]> {
  const answer = await client.query<(string | number | boolean | null)[]>({
    text,
    queryMode: 'extended',
    rowMode: 'array',
    types,
  } as pg.QueryArrayConfig);
  const names: string[] = [];
  for (const { name } of answer.fields) names.push(freeName(name, names));
  return answer.rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
}

/** Two columns of one name would be one in the answer. */
function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let number = 1; taken.includes(free); number++) free = `${name}_${number}`;
  return free;
}

function toSlip(error: unknown): unknown {
  if (isSluiceError(error) || !(error instanceof pg.DatabaseError) || /^(08|53|57|XX)/.test(error.code ?? '')) return error;
  if (error.code === '42501')
    return new SluiceError('FORBIDDEN', `The query is refused: ${error.message}.`, {
      hint: 'Let the owner of the table grant select on it.',
      cause: error,
    });
  const writes = error.code === '25006' || /cursor must not contain data-modifying|cannot insert multiple commands/.test(error.message);
  const begins =
    error.code === '42601' &&
    /near "(insert|update|delete|merge|create|drop|alter|truncate|copy|do|call|grant|vacuum|set|begin|commit|lock)"/i.test(error.message);
  if (writes || begins)
    return new SluiceError('USAGE', 'A query is one statement that reads the warehouse, and this is not.', {
      hint: 'Write one select. To change the warehouse, use psql.',
      cause: error,
    });
  return new SluiceError('USAGE', `PostgreSQL refuses the query: ${messageOf(error)}.`, {
    hint: `sluice query "select schemaname, tablename from pg_tables where schemaname !~ '^(pg_|information_schema)'" lists the tables.`,
    cause: error,
  });
}
