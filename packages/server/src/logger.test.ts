import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from './logger.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const linesOf = async (file = 'server.log') =>
  (await readFile(join(folder, file), 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { [key: string]: unknown });

describe('the server’s log', () => {
  test('is a file of JSON lines in the folder, made when it is missing', async () => {
    const { logger, close } = createLogger(join(folder, 'deep', 'logs'), { name: 'server', level: 'INFO', days: 30 });
    logger.debug('too low');
    logger.info({ port: 1 }, 'hello');
    logger.warn({ error: Object.assign(new Error('no'), { code: '57P01' }) }, 'trouble');
    await close();
    expect(await linesOf('deep/logs/server.log')).toMatchObject([
      { level: 30, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), port: 1, msg: 'hello' },
      { level: 40, msg: 'trouble', error: { type: 'Error', message: 'no', code: '57P01' } },
    ]);
  });

  test('goes on where the last server stopped', async () => {
    for (const word of ['first', 'second']) {
      const { logger, close } = createLogger(folder, { name: 'server', level: 'INFO', days: 30 });
      logger.info(word);
      await close();
    }
    expect((await linesOf()).map(({ msg }) => msg)).toEqual(['first', 'second']);
    expect(await readdir(folder)).toContain('server.log');
  });

  test.each([
    ['DEBUG', 4],
    ['INFO', 3],
    ['WARNING', 2],
    ['ERROR', 1],
    ['CRITICAL', 0],
  ])('has at level %s as many of four lines: %i', async (level, count) => {
    const { logger, close } = createLogger(folder, { name: 'server', level, days: 30 });
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    await close();
    expect(await linesOf()).toHaveLength(count);
  });
});
