import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { COMMANDS, type CommandRow, NOUNS } from '../commands/table.ts';
import type { AnyCommand, Globals, Option as OptionRow } from './define-command.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { readVersion } from './own-version.ts';

export interface Program {
  readonly command: Command;
  /** Exit code of the command that ran. */
  exit(): number;
}

/** All commands of the table on commander. A command's own module is loaded when it is the one that was typed. */
export function buildProgram(argv: readonly string[]): Program {
  let exit = 0;
  const program = new Command('sluice')
    .description('Run flows on workers, and move tables into a warehouse')
    .option('--api-url <url>', 'The server to talk to; the setting SLUICE_API_URL when left out')
    .helpOption('-h, --help', 'Show help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .configureOutput({ outputError: () => {} }) // errors are reported in one place, as text or as JSON
    .exitOverride()
    .addHelpText('after', () => `\nExit codes:\n${EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padEnd(3)}  ${meaning}`).join('\n')}`);
  // Behind a command it may be that command's own: deployment run … --version.
  const commands = [...COMMANDS.map(({ name }) => name.split(' ')[0]), ...Object.values(NOUNS).flatMap(({ aliases = [] }) => aliases)];
  if (!argv.some((word) => commands.includes(word))) program.version(readVersion(), '--version');
  const leaves = new Map<Command, CommandRow>();
  const load = async (_parent: Command, leaf: Command) => {
    const row = leaves.get(leaf);
    if (!row) return;
    const { command } = await row.load();
    mount(leaf, command, async (invocation) => {
      exit = (await command.run(invocation as never)) ?? 0;
    });
  };
  program.hook('preSubcommand', load);
  const nouns = new Map<string, Command>();
  const nounOf = (name: string): Command => {
    if (name === '') return program;
    const noun = nouns.get(name) ?? addNoun(nounOf(head(name)), name).hook('preSubcommand', load);
    nouns.set(name, noun);
    return noun;
  };
  for (const row of COMMANDS) {
    const verb = nounOf(head(row.name)).command(last(row.name)).description(row.summary);
    leaves.set(verb.aliases(row.aliases ?? []), row);
  }
  return { command: program, exit: () => exit };
}

const last = (name: string): string => name.split(' ').at(-1) ?? '';
/** The words before the last one. */
const head = (name: string): string => name.split(' ').slice(0, -1).join(' ');

function addNoun(parent: Command, noun: string): Command {
  const behind = COMMANDS.flatMap(({ name }) => (name.startsWith(`${noun} `) ? [name.slice(noun.length + 1)] : []));
  const verbs = new Set(behind.map((words) => words.split(' ')[0]));
  const { doc, aliases = [] } = NOUNS[noun] ?? { doc: '' };
  const command = parent
    .command(last(noun))
    .description(doc)
    .summary(`${doc} (${[...verbs].join(', ')})`)
    .usage('<command> [options]')
    .helpCommand(false);
  return command.aliases(aliases);
}

type Run = (invocation: { args: object; options: object; globals: Globals }) => Promise<void>;

function mount(leaf: Command, command: AnyCommand, run: Run): void {
  const args = Object.entries(command.arguments ?? {});
  for (const [, { form, doc }] of args) leaf.addArgument(new Argument(form, doc));
  const options = Object.entries(command.options ?? {}).map(([name, row]) => {
    const option = toOption(row);
    leaf.addOption(option);
    return { name, row, key: option.attributeName() };
  });
  leaf.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  $ ${line}`).join('\n')}`);
  leaf.action((...typed: unknown[]) => {
    const values = leaf.opts();
    return run({
      args: Object.fromEntries(args.map(([name], index) => [name, typed[index]])),
      options: Object.fromEntries(options.map(({ name, row, key }) => [name, values[key] ?? row.fallback])),
      globals: { apiUrl: leaf.optsWithGlobals<{ apiUrl?: string }>().apiUrl },
    });
  });
}

function toOption(row: OptionRow<unknown>): Option {
  const option = new Option(row.flags, row.doc);
  if (!row.parse) return option;
  return option.argParser((text: string, before: unknown) => {
    try {
      return row.parse?.(text, before);
    } catch (error) {
      throw error instanceof TypeError ? new InvalidArgumentError(error.message) : error;
    }
  });
}
