import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { connectPostgres } from '../src/postgres/connect.ts';
import { copyToFile } from '../src/sources/postgres/copy-out.ts';

test('rows that the source has counted and that did not come are an error, not a shorter table', async () => {
  const { hostname, port } = new URL(inject('postgres'));
  const folder = await mkdtemp(join(tmpdir(), 'sluice-count-'));
  // A way to the database on which the source's word of how many rows it has sent is one higher than what came.
  const way = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    far.on('data', (bytes) => near.write(Buffer.from(bytes.toString('latin1').replace('COPY 3\0', 'COPY 4\0'), 'latin1')));
    near.on('error', () => {}).on('close', () => far.destroy());
    far.on('error', () => {}).on('close', () => near.destroy());
    near.pipe(far);
  }).listen(0, '127.0.0.1');
  await once(way, 'listening');
  const url = Object.assign(new URL(inject('postgres')), { hostname: '127.0.0.1', port: String((way.address() as AddressInfo).port) });
  const client = await connectPostgres(url.href);
  const copy = (rows: number) => copyToFile(client, `select i from generate_series(1, ${rows}) i`, join(folder, 'rows.txt'), () => {});
  expect(await copy(2)).toMatchObject({ rows: 2 });
  await expect(copy(3)).rejects.toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    message: 'The stream of rows ended early: 3 came, and the source says 4.',
  });
  await client.end();
  way.close();
  await rm(folder, { recursive: true });
});
