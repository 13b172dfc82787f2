import { SluiceError } from '@sluice/core/errors/sluice-error';
import { baseJobTemplate } from '@sluice/core/process/base-job-templates';
import { defineCommand } from '../../program/define-command.ts';
import { choice, file } from '../../program/options.ts';
import { say } from '../../render/message.ts';
import { writeJsonFile } from '../../render/write-json-file.ts';

export const command = defineCommand({
  options: {
    type: choice('-t, --type <type>', 'Kind of infrastructure', ['docker', 'kubernetes']),
    file: file('-f, --file <file>', 'Where to write it; on standard output when left out'),
  },
  examples: ['sluice work-pool get-default-base-job-template --type docker > docker.json'],
  run: async ({ options: { type, file: path } }) => {
    if (type === undefined) throw new SluiceError('USAGE', 'Give the type of the pool.', { hint: 'For example: --type docker' });
    const template = baseJobTemplate(type);
    if (path === undefined) return say(JSON.stringify(template, null, 2));
    writeJsonFile(path, template);
    say(`Wrote the base job template of pools of type ${type} to ${path}.`);
  },
});
