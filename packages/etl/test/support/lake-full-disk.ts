/* A program that commits loads, told as JSON, one after the other, to a lake whose folder has little room, and prints what became of each. */
import { readdirSync, readFileSync } from 'node:fs';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { destinationAt } from '../../src/destinations/table.ts';
import type { Extract } from '../../src/model.ts';
import { quietContext } from './warehouse-load.ts';

const [address = '', file = '', disk = ''] = process.argv.slice(2);
const extracts = JSON.parse(readFileSync(file, 'utf8')) as Extract[];
const lake = destinationAt(address);

async function commit(extract: Extract, token: number): Promise<string> {
  try {
    return (await lake.commit({ extract, verify: 'sums', token, flow_run_id: 'run-1', context: quietContext() })).outcome;
  } catch (error) {
    return isSluiceError(error) ? error.code : String(error);
  }
}

for (const [index, extract] of extracts.entries()) {
  const outcome = await commit(extract, index + 1);
  const [row] = await lake.query('select count(*)::double as rows from public.orders');
  const files = readdirSync(disk, { recursive: true }).filter((name) => String(name).endsWith('.parquet')).length;
  console.log(JSON.stringify({ outcome, rows: row?.['rows'], files }));
}
