import { called } from '../program/called.ts';
import { defineCommand, type Globals } from '../program/define-command.ts';
import { text } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import { initProject } from '../project/init-project.ts';
import { say } from '../render/message.ts';

export const command = defineCommand({
  options: { name: text('--name <name>', "Name of the project and of its deployment; the folder's when left out") },
  examples: ['sluice init', 'sluice init --name shop'],
  run: async ({ options, globals }) => {
    const { name, made, changed, isInstalled } = await initProject(process.cwd(), options.name);
    say(`Made ${made.join(', ')}.${changed.length > 0 ? ` Added to ${changed.join(' and ')}.` : ''}\n\nNext:`);
    const steps = [
      ...(isInstalled ? [] : ['npm install']),
      ...((await isServed(globals)) ? [] : [called('server start --background')]),
      called('setup'),
      called('deploy'),
      called('worker start').padEnd(60).concat('# in a terminal of its own'),
      called(`deployment run hello/${name} --param name=Anna --watch`),
    ];
    for (const step of steps) say(`  ${step}`);
  },
});

const isServed = (globals: Globals): Promise<boolean> =>
  withClient(globals, (client) => client.request('GET /health')).then(
    () => true,
    () => false,
  );
