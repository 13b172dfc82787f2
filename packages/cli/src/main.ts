import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// Nothing of ours is imported above this: what is loaded before the cache is there, every command compiles again.
const home = process.env['SLUICE_HOME'] || join(homedir(), '.sluice');
if (existsSync(home)) enableCompileCache(join(home, 'cache'));

const { endWithOutput } = await import('./program/end-with-output.ts');
const { runCommand } = await import('./program/run-command.ts');
endWithOutput();
process.exitCode = await runCommand(process.argv.slice(2));
