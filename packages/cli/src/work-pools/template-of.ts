import { readFileSync } from 'node:fs';
import { messageOf, SluiceError } from '@sluice/core/errors/sluice-error';
import { isObject, type JsonObject } from '@sluice/core/lib/json';
import { baseJobTemplate } from '@sluice/core/process/base-job-templates';
import { faultOfTemplate, withDefault } from '@sluice/core/process/job-template';

/** Types of work pools that Prefect's workers know. */
export const POOL_TYPES = ['process', 'docker', 'kubernetes', 'ecs', 'cloud-run', 'cloud-run-v2', 'vertex-ai', 'azure-container-instance'] as const;

/** What a pool that is made says of how its runs are started: a file, or else what is usual for its type, with the image that is named. */
export function templateOf(type: string, file: string | undefined, image: string | undefined): JsonObject | undefined {
  const template = file === undefined ? baseJobTemplate(type) : readTemplate(file);
  if (image === undefined) return template as JsonObject | undefined;
  const named = template && withDefault(template as JsonObject, 'image', image);
  if (named) return named as JsonObject;
  throw new SluiceError(
    'USAGE',
    `Runs of a work pool of type ${type} are in no image${file === undefined ? '' : ` that ${file} has a variable for`}.`,
    {
      hint: 'Leave out --image, or choose another --type.',
    },
  );
}

const wrong = (file: string, fault: string, cause?: unknown) =>
  new SluiceError('USAGE', `The base job template in ${file} cannot be used: ${fault}.`, {
    hint: 'sluice work-pool inspect NAME -o json shows that of another pool, as an example.',
    cause,
  });

/** The base job template in a file, or on standard input. */
export function readTemplate(file: string): JsonObject {
  let template: unknown;
  try {
    template = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw wrong(file, messageOf(error), error);
  }
  const fault = isObject(template) ? faultOfTemplate(template) : 'it is no JSON object';
  if (fault) throw wrong(file, fault);
  return template as JsonObject;
}
