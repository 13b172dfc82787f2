import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '@sluice/core/process/programs';
import { expect, test } from 'vitest';

const MODULE = fileURLToPath(new URL('../src/etl/ask-password.ts', import.meta.url));
const PROGRAM = `
  const { askPassword } = await import(${JSON.stringify(MODULE)});
  process.on('SIGINT', () => console.log('interrupted'));
  console.log(await askPassword('Password: ').then((password) => ({ password }), ({ code }) => ({ code })));`;

/** A program that asks, and what is typed when it does. */
async function ask(typed: string): Promise<{ out: string; told: string }> {
  const child = spawn(process.execPath, [...nodeFlags(MODULE), '--input-type=module', '-e', PROGRAM], { stdio: ['pipe', 'pipe', 'pipe'] });
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  child.stderr.once('data', () => child.stdin.end(typed));
  await once(child, 'close');
  const [out, told] = await outputs;
  return { out, told };
}

test('what is typed is the password, and is shown nowhere', async () => {
  expect(await ask('let me inn\u007f\r')).toEqual({ out: "{ password: 'let me in' }\n", told: 'Password: \n' });
});

test('Ctrl+C where a password is asked for is Ctrl+C', async () => {
  expect(await ask('let\u0003')).toEqual({ out: "interrupted\n{ code: 'USAGE' }\n", told: 'Password: \n' });
});

test('who closes the input gives no password', async () => {
  expect(await ask('\u0004')).toEqual({ out: "{ code: 'USAGE' }\n", told: 'Password: \n' });
});
