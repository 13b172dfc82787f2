import { expect, test } from 'vitest';
import { COMMANDS } from '../src/commands/table.ts';
import { reference } from './reference.ts';

test('docs/cli.md is made from the table of commands (npx vitest run packages/cli/test/reference.test.ts -u writes it)', async () => {
  await expect(await reference()).toMatchFileSnapshot('../../../docs/cli.md');
});

test('every command has an example that begins with its words', async () => {
  for (const { name, load } of COMMANDS) {
    const { command } = await load();
    expect(command.examples.some((example) => example.includes(`sluice ${name}`))).toBe(true);
  }
});
