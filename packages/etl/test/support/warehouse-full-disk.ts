/* A program that commits loads, told as JSON, one after the other, to a warehouse on a disk with little room, and prints what became of each. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { commitLoad } from '../../src/destinations/duckdb/commit.ts';
import { queryWarehouse } from '../../src/destinations/duckdb/read.ts';
import type { Extract } from '../../src/model.ts';
import { toRequest } from './warehouse-load.ts';

const [warehouse = '', file = ''] = process.argv.slice(2);
const extracts = JSON.parse(readFileSync(file, 'utf8')) as Extract[];

async function commit(extract: Extract): Promise<string> {
  try {
    return (await commitLoad(toRequest(warehouse, extract))).outcome;
  } catch (error) {
    return isSluiceError(error) ? error.code : String(error);
  }
}

for (const extract of extracts) {
  const outcome = await commit(extract);
  const bytes = existsSync(warehouse) ? statSync(warehouse).size : 0;
  const rows = existsSync(warehouse)
    ? await queryWarehouse(warehouse, 'select count(*)::int as rows, min(name) as least from public.orders').catch(String)
    : null;
  console.log(JSON.stringify({ outcome, bytes, rows, beside: readdirSync(dirname(warehouse)) }));
}
