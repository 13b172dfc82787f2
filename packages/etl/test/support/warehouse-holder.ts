/* A program that has a warehouse open, for reading or writing, until its standard input ends. */
import { openWarehouse } from '../../src/destinations/duckdb/open.ts';

const [file = '', access] = process.argv.slice(2);
await openWarehouse({ file, access: access === 'read' ? 'read' : 'write' }, async () => {
  process.stdout.write('open\n');
  for await (const _ of process.stdin);
});
