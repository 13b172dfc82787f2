import { SETTINGS } from '@sluice/core/settings/settings';
import { COMMANDS, type CommandRow, NOUNS } from '../src/commands/table.ts';
import { EXIT_CODES } from '../src/program/exit-codes.ts';

const INTRO = `# The command line

\`npx sluice …\` in a clone, \`sluice …\` where it is installed. \`sluice <command> --help\` shows what a command takes, with examples;
every command takes \`--api-url <url>\`. A test makes this page from the table of commands.

## Output

On a terminal lists are tables: states in colour, times as \`3m ago\`. In a pipe they are tab-separated lines without a header: nothing is
cut off, nothing coloured, times are exact. \`-o json\` and \`-o jsonl\` print the API's records, \`-o table\` the table anywhere. What you
asked for is on standard output, all that is said besides on standard error; an error with \`-o json\` is
\`{"error": {"code", "message", "hint"}}\` there. \`NO_COLOR\` and \`FORCE_COLOR\` are respected.

Flow runs are named by id or name, deployments by \`flow/deployment\`, or by the deployment's name alone when only one has it.
\`watch\` and \`--watch\` follow a run to its end: Ctrl+C stops following, not the run.`;

const cell = (text: string) => text.replaceAll('|', '\\|');

async function commandRow({ name, summary, load }: CommandRow): Promise<string> {
  const { command } = await load();
  const args = Object.values(command.arguments ?? {}).map(({ form }) => form);
  const options = Object.values(command.options ?? {}).map(({ flags }) => `\`${flags}\``);
  return `| \`${[name, ...args].join(' ')}\` | ${cell(summary)} | ${cell(options.join(', '))} |`;
}

async function section(title: string, rows: readonly CommandRow[]): Promise<string> {
  const lines = await Promise.all(rows.map(commandRow));
  return [`### ${title}`, '', '| command | what it does | options |', '|---|---|---|', ...lines].join('\n');
}

/** The page docs/cli.md. */
export async function reference(): Promise<string> {
  const single = COMMANDS.filter(({ name }) => !name.includes(' '));
  const sections = [
    await section('Set up and run', single),
    ...(await Promise.all(
      Object.entries(NOUNS).map(([noun, { doc }]) =>
        section(
          doc,
          COMMANDS.filter(({ name }) => name.slice(0, name.lastIndexOf(' ')) === noun),
        ),
      ),
    )),
  ];
  const exits = EXIT_CODES.map(({ code, meaning }) => `| ${code} | ${cell(meaning)} |`);
  const settings = Object.values(SETTINGS).map(({ names, fallback, doc }) => {
    const [ours, ...others] = names.map((name) => `\`${name}\``);
    return `| ${ours} | ${others.join(', ')} | ${fallback === undefined ? '' : `\`${fallback}\``} | ${cell(doc)} |`;
  });
  return `${[
    INTRO,
    ['## Exit codes', '', '| code | meaning |', '|---|---|', ...exits].join('\n'),
    ['## Commands', ...sections].join('\n\n'),
    [
      '## Settings',
      '',
      'A flag overrides the environment, the environment overrides `config.env` in the home, and that overrides the default. `sluice config view`',
      'shows each value and where it comes from. In a clone the home is `.sluice` in the clone. When nothing names a server, commands talk to the',
      'server that runs on the home, whatever its port.',
      '',
      '| setting | also read as | default | what it is |',
      '|---|---|---|---|',
      ...settings,
    ].join('\n'),
  ].join('\n\n')}\n`;
}
