import { isSluiceError, messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import pg from 'pg';
import { sourceError } from '../../postgres/source-error.ts';
import { unreachable } from '../unreachable.ts';

/** Whether it is the session that has ended, and not a statement that was refused. */
const isOfSession = (error: unknown): boolean => !(error instanceof pg.DatabaseError) || /^(08|57P)/.test(error.code ?? '');

/** What has kept a table out of the warehouse, in one sentence with its next step. `table` is null where none is meant. */
export function warehouseError(error: unknown, client: pg.Client, table: string | null): unknown {
  if (isSluiceError(error)) return unreachable(error);
  if (isOfSession(error)) return isOfSystem(error) ? error : unreachable(sourceError(error, client));
  const known = refusal(error as pg.DatabaseError, client, table);
  if (known || table === null) return known ?? error;
  return new SluiceError('INTERNAL', `${table} could not be written to the warehouse: ${messageOf(error).split('\n')[0]}.`, {
    hint: `${AS_BEFORE} Try again; if it fails again, report it.`,
    cause: error,
  });
}

/** An error of this machine's files, such as a full disk, is not the server's. */
const isOfSystem = (error: unknown): boolean => /^E(NOSPC|DQUOT|ACCES|NOENT|MFILE)$/.test(String((error as NodeJS.ErrnoException).code ?? ''));

const AS_BEFORE = 'The warehouse is as it was before.';

function refusal(error: pg.DatabaseError, { user = '' }: pg.Client, table: string | null): SluiceError | undefined {
  const [says = ''] = messageOf(error).split('\n');
  const what = table ?? 'A table';
  const parts = (hint: string, lasting = true) => ({ hint, lasting, cause: error });
  switch (error.code) {
    case '42501':
      return new SluiceError('FORBIDDEN', `${what} cannot be loaded: "${user}" has not the right in the warehouse, ${says}.`, parts(GRANT));
    case '25006':
      return new SluiceError('WAREHOUSE_UNREACHABLE', `${what} cannot be loaded: the warehouse can only be read.`, parts(STANDBY));
    case '53100':
      return new SluiceError(
        'DISK_FULL',
        `There is no room left on the disk of the warehouse.`,
        parts(`Make room and try again. ${AS_BEFORE}`, false),
      );
    case '55P03':
      return new SluiceError(
        'WAREHOUSE_LOCKED',
        `${what} is held by another session of the warehouse, and still was after 60 s.`,
        parts(LOCKED, false),
      );
    case '40001':
    case '40P01':
      return new SluiceError('WAREHOUSE_LOCKED', `${what} met another session of the warehouse: ${says}.`, parts(`Try again. ${AS_BEFORE}`, false));
    case '22021':
      return holdsNul(what, columnOf(error), error);
    case '2BP01':
      return new SluiceError(
        'CONFLICT',
        `${what} has other columns now, and something in the warehouse needs the old ones: ${says}.`,
        parts(DEPENDENT),
      );
    case '23503':
      return new SluiceError(
        'CONFLICT',
        `${what} is not replaced: rows of another table point at rows that it would not have any more, ${says}.`,
        parts(DEPENDENT),
      );
  }
  if (error.code?.startsWith('22'))
    return new SluiceError(
      'TABLE_UNREADABLE',
      `${what} cannot be loaded: ${columnOf(error)} has a value that PostgreSQL cannot keep, ${says}.`,
      parts(VALUE),
    );
  if (error.code?.startsWith('23'))
    return new SluiceError(
      'CONFLICT',
      `${what} is not replaced: its rows break a rule that somebody has given the table, ${says}.`,
      parts(DEPENDENT),
    );
  return undefined;
}

export const holdsNul = (table: string, column: string, cause: unknown): SluiceError =>
  new SluiceError('TABLE_UNREADABLE', `${table} cannot be loaded: ${column} holds a NUL character, which a text of PostgreSQL cannot.`, {
    hint: 'Take it out in the source, or load the table into a DuckDB file.',
    lasting: true,
    cause,
  });

/** Whether a text has held a NUL character: PostgreSQL says in which line, and not in which column. */
export const isForNul = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '22021';

/** Where a COPY was, as PostgreSQL tells it: `COPY orders, line 3, column name: "x"`. */
const columnOf = ({ where = '' }: pg.DatabaseError): string => {
  const [, column] = /column ([^:]+?)(?::|$)/m.exec(where) ?? [];
  return column === undefined ? 'a column' : `column "${column}"`;
};

const GRANT = 'Let its owner grant it: create on the schema, and on the database where the schema is not there yet; all on what stands there.';
const STANDBY = 'Name the primary server in the URL: a standby, or a database that is read-only, takes no load.';
const LOCKED = `See who holds it in pg_stat_activity, and try again. ${AS_BEFORE}`;
const DEPENDENT = `${AS_BEFORE} Change or drop what depends on the table, or load it into another schema with --into SCHEMA.`;
const VALUE = 'Correct it in the source, give the column another type (--type, for files), or load the table into a DuckDB file.';
