/* A program that commits one load, told as JSON, and says when it begins. */
import { readFileSync } from 'node:fs';
import { commitLoad } from '../../src/destinations/duckdb/commit.ts';
import type { Extract } from '../../src/model.ts';
import { toRequest } from './warehouse-load.ts';

const [warehouse = '', file = '', token = ''] = process.argv.slice(2);
const extract = JSON.parse(readFileSync(file, 'utf8')) as Extract;
process.stdout.write('begin\n');
await commitLoad(toRequest(warehouse, extract, { token: Number(token) }));
