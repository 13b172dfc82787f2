import { endWithOutput } from './program/end-with-output.ts';
import { runCommand } from './program/run-command.ts';

endWithOutput();
process.exitCode = await runCommand(process.argv.slice(2));
