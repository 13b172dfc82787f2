import { expect, test } from 'vitest';
import { nodeFlags, programBeside } from './programs.ts';

test.each([
  {
    module: 'file:///clone/packages/worker/src/beat.ts',
    program: 'file:///clone/packages/worker/src/beat-thread.ts',
    flags: ['--conditions=@sluice/source'],
  },
  {
    module: 'file:///app/node_modules/@sluice/worker/dist/beat.js',
    program: 'file:///app/node_modules/@sluice/worker/dist/beat-thread.js',
    flags: [],
  },
])('the program beside $module has its form', ({ module, program, flags }) => {
  expect(programBeside('./beat-thread', module).href).toBe(program);
  expect(nodeFlags(programBeside('./beat-thread', module))).toEqual(flags);
});
