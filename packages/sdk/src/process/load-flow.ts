import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isFlow } from '../flow.ts';
import type { AnyFlow } from '../model/flow.ts';

/** Loads the flow of an entrypoint, `file.ts:name`, from the project in this folder, which is the process's own from now on. */
export async function loadFlow(path: string, entrypoint: string): Promise<AnyFlow> {
  process.chdir(path);
  const [file = '', name = ''] = entrypoint.split(/:(?=[^:]*$)/);
  const module = (await import(pathToFileURL(resolve(path, file)).href)) as Record<string, unknown>;
  const flow = module[name];
  if (isFlow(flow)) return flow;
  throw new SluiceError('ENTRYPOINT_INVALID', `${file} exports no flow "${name}".`, {
    hint: 'Run sluice deploy again after a flow was moved or renamed.',
  });
}
