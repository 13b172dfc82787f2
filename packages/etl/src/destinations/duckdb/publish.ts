import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf } from '@sluice/core/errors/sluice-error';
import { fingerprint, methodOf } from '../../duckdb/fingerprint.ts';
import type { StepContext } from '../../model.ts';
import { formatName } from '../../names/qualified-name.ts';
import type { Compacted, DestinationFacts, TableCheck } from '../destination.ts';
import { qualify } from '../qualify.ts';
import { compactWarehouse } from './compact.ts';
import { giveBack } from './give-back.ts';
import { LEDGER } from './ledger.ts';
import { openWarehouse } from './open.ts';
import { presentTables } from './present-tables.ts';
import { hasLedger } from './read.ts';
import type { Warehouse } from './warehouse.ts';

export interface PublishRequest {
  /** Path of the file. The caller holds its lease, as for a commit. */
  readonly warehouse: string;
  /** How many tables are checked. */
  readonly checks?: number;
  readonly random?: () => number;
  readonly context: StepContext;
}

const CHECKS = 3;

/** A file with more free blocks than used ones is worth a copy. */
const FREE_SHARE = 0.5;

/** Second clean-up: the file is brought up to date on the disk, random tables are read again and checked, and free space is given back. */
export async function publishWarehouse({
  warehouse: file,
  checks = CHECKS,
  random = Math.random,
  context,
}: PublishRequest): Promise<DestinationFacts> {
  if (!existsSync(file)) return { file, bytes: 0, checks: [], compacted: null, present: [] };
  const { checked, freeShare, present } = await openWarehouse({ file, access: 'write', signal: context.signal }, async (warehouse) => {
    await warehouse.run('checkpoint warehouse');
    return {
      checked: await checkTables(warehouse, checks, random),
      freeShare: await readFreeShare(warehouse),
      present: await presentTables(warehouse),
    };
  });
  // Of commits that were killed.
  await giveBack(file);
  for (const { table, method, equal } of checked) {
    if (equal) context.log.info('checked', { table, method });
    else context.log.warn('a table is not as it was loaded: somebody has changed it, or the file is damaged', { table, method });
  }
  const compacted = freeShare > FREE_SHARE ? await tryToCompact(file, context) : null;
  return { file, bytes: (await stat(file)).size, checks: checked, compacted, present };
}

interface Candidate {
  readonly schema: string;
  readonly name: string;
  readonly expected: string;
}

async function checkTables(warehouse: Warehouse, count: number, random: () => number): Promise<TableCheck[]> {
  const checks: TableCheck[] = [];
  for (const { schema, name, expected } of shuffle(await readCandidates(warehouse), random).slice(0, count)) {
    const method = methodOf(expected);
    const equal = (await fingerprint(warehouse, qualify({ schema, name }), method)) === expected;
    checks.push({ table: formatName({ schema, name }), method, equal });
  }
  return checks;
}

/** Tables that stand as their latest load left them. A fingerprint of another release of DuckDB cannot be compared. */
async function readCandidates(warehouse: Warehouse): Promise<Candidate[]> {
  if (!(await hasLedger(warehouse))) return [];
  return warehouse.rows<Candidate>(
    `select schema_name as schema, table_name as name, arg_max(fingerprint, committed_at) as expected from ${LEDGER}
     where (schema_name, table_name) in (select (schema_name, table_name) from duckdb_tables() where database_name = 'warehouse')
     group by all having contains(expected, '@' || version() || ':') order by all`,
  );
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

async function readFreeShare(warehouse: Warehouse): Promise<number> {
  const [size] = await warehouse.rows<{ share: number | null }>(
    `select free_blocks / nullif(total_blocks, 0) as share from pragma_database_size() where database_name = 'warehouse'`,
  );
  return size?.share ?? 0;
}

/** A warehouse that could not be made smaller is as good as it was. */
async function tryToCompact(file: string, { log, signal }: StepContext): Promise<Compacted | null> {
  try {
    const compacted = await compactWarehouse(file, signal);
    if (compacted) log.info('compacted', { ...compacted });
    return compacted;
  } catch (error) {
    signal.throwIfAborted();
    log.warn('the warehouse was not compacted', { error: messageOf(error) });
    return null;
  }
}
