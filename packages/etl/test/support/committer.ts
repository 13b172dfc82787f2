/* A program that commits one load, told as JSON, to the destination at an address, and says when it begins. */
import { readFileSync } from 'node:fs';
import { destinationAt } from '../../src/destinations/table.ts';
import type { Extract } from '../../src/model.ts';
import { quietContext } from './warehouse-load.ts';

const [address = '', file = '', token = ''] = process.argv.slice(2);
const extract = JSON.parse(readFileSync(file, 'utf8')) as Extract;
process.stdout.write('begin\n');
await destinationAt(address).commit({ extract, verify: 'sums', token: Number(token), flow_run_id: 'run-1', context: quietContext() });
