import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { nodeFlags } from '@sluice/core/process/programs';
import { expect, test } from 'vitest';

const DRIVER = new URL('driver.ts', import.meta.url).href;

/** Loads the driver in a process where `change` has been made to each file of postgres.js before the repairs see it. */
function load(change: string): Promise<{ stdout: string }> {
  const program = `
    import { registerHooks } from 'node:module';
    const change = (url, text) => ${change};
    registerHooks({
      load: (url, context, next) => {
        const loaded = next(url, context);
        return url.includes('/postgres/src/') ? { ...loaded, source: change(url, String(loaded.source)) } : loaded;
      },
    });
    const { postgres } = await import(${JSON.stringify(DRIVER)});
    console.log(typeof postgres);`;
  return promisify(execFile)(process.execPath, [...nodeFlags(DRIVER), '--input-type=module', '-e', program]);
}

test('the driver is loaded with its repairs when it is the version they are made for', async () => {
  expect((await load('text')).stdout).toBe('function\n');
});

test.each(['const x = socket.write(chunk, fn)', 'clearImmediate(nextWriteTimer)', '!hadError && (query', "await sql.unsafe('begin '"])(
  'a version without the text `%s` is not used: the error names the one that is expected',
  async (text) => {
    const failed = load(`text.replaceAll(${JSON.stringify(text)}, '')`);
    await expect(failed).rejects.toThrow('The changes to postgres.js are made for version 3.4.9, and do not fit the text of 3.4.9.');
    await expect(failed).rejects.toThrow('Install postgres 3.4.9');
  },
);

test('a version that has its connections in another file is not used', async () => {
  await expect(load("text.replaceAll('./connection.js', './connection.js?elsewhere')")).rejects.toThrow('made for version 3.4.9');
});
