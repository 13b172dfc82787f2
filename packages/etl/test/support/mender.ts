/* A program that adds mended rows, told as JSON, to the destination at an address, and says when it begins. */
import { readFileSync } from 'node:fs';
import type { MendedCommit } from '../../src/destinations/destination.ts';
import { destinationAt } from '../../src/destinations/table.ts';
import { quietContext } from './warehouse-load.ts';

const [address = '', file = '', token = ''] = process.argv.slice(2);
const mended = JSON.parse(readFileSync(file, 'utf8')) as Omit<MendedCommit, 'token' | 'flow_run_id' | 'context'>;
process.stdout.write('begin\n');
await destinationAt(address).addMended({ ...mended, token: Number(token), flow_run_id: 'run-1', context: quietContext() });
