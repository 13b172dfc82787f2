import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { CommanderError } from 'commander';
import { COMMANDS } from '../commands/table.ts';
import { tell } from '../render/message.ts';
import { buildProgram } from './program.ts';
import { reportError } from './report-error.ts';

/** Runs what was typed, reports what went wrong, and answers with the exit code. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  const program = buildProgram(argv);
  await tellLeft(argv);
  try {
    await program.command.parseAsync(asHelp(argv), { from: 'user' });
    return program.exit();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage;
    return reportError(error instanceof CommanderError ? usageError(error, argv) : error, { json: wantsJson(argv) });
  }
}

/** These see to what a killed job has left up themselves. */
const OWN_WAY = new Set(['etl', 'reset']);

/** Whoever types the next command is told what a killed `sluice etl` has left running. Nothing is read when no job was ever run. */
async function tellLeft(argv: readonly string[]): Promise<void> {
  const [first = ''] = argv;
  if (OWN_WAY.has(first) || first.startsWith('-') || argv.length === 0) return;
  try {
    const { homeOf } = await import('../home/settings.ts');
    const home = homeOf();
    if (!existsSync(join(home, 'jobs'))) return;
    const { describeLeft } = await import('../etl/jobs/tell-left.ts');
    const left = await describeLeft(home);
    if (left) tell(left);
  } catch {
    // The command itself says what is wrong with the home.
  }
}

/** `sluice help flow-run ls` is another way to say `sluice flow-run ls --help`; no command at all asks for help too. */
function asHelp(argv: readonly string[]): readonly string[] {
  if (argv.length === 0) return ['--help'];
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv;
}

/** Read from the words themselves: what is wrong may be that they cannot be parsed. */
function wantsJson(argv: readonly string[]): boolean {
  return /(^| )((-o|--output)[ =]?jsonl?|--json)( |$)/.test(argv.join(' '));
}

function usageError(error: CommanderError, argv: readonly string[]): SluiceError {
  const [message = '', meant] = error.message.split('\n');
  const words = argv.filter((word) => !word.startsWith('-'));
  const command = [3, 2, 1]
    .map((length) => words.slice(0, length).join(' '))
    .find((name) => COMMANDS.some((row) => row.name === name || row.name.startsWith(`${name} `)));
  const help = `sluice ${command ? `${command} ` : ''}--help shows how.`;
  const sentence = message.replace(/^error: /, '').replace(/^./, (first) => first.toUpperCase());
  return new SluiceError('USAGE', /[.?]$/.test(sentence) ? sentence : `${sentence}.`, {
    hint: meant ? `${meant.replace(/[()]/g, '')} ${help}` : help,
    cause: error,
  });
}
