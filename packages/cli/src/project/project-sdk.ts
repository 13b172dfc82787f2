import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { SluiceError } from '@sluice/core/errors/sluice-error';

/** The SDK that a file of a project imports: flows of one run in no other, which would not know what runs. */
export async function sdkOf(file: string): Promise<typeof import('@sluice/sdk')> {
  let found: string;
  try {
    found = createRequire(file).resolve('@sluice/sdk');
  } catch (cause) {
    throw new SluiceError('ENTRYPOINT_INVALID', `No package @sluice/sdk is installed for ${file}.`, {
      hint: 'Install it in the project: npm install @sluice/sdk',
      cause,
    });
  }
  return (await import(pathToFileURL(found).href)) as typeof import('@sluice/sdk');
}
