import { endWithOutput } from './end-with-output.ts';
import { runCommand } from './run-command.ts';

endWithOutput();
process.exitCode = await runCommand(process.argv.slice(2));
