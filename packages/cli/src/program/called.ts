import { readFileSync } from 'node:fs';

/** Whether this command stands in a clone of the repo: only there is the demo, and npm's scripts. */
export const isClone: boolean = (() => {
  try {
    return JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')).name === 'sluice-repo';
  } catch {
    return false;
  }
})();

/** A command as a person has to type it: where npm found this one, a shell alone would not. */
export const called = (command: string): string => `${isClone || process.env['npm_command'] === 'exec' ? 'npx ' : ''}sluice ${command}`;

/** What removes all that a job has left on the disk. */
export const resetCommand = (): string => (isClone ? 'npm run etl:reset' : called('reset'));
