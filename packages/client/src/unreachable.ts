import { SluiceError } from '@sluice/core/errors/sluice-error';

/** What is thrown when no answer comes. */
export const unreachable = (apiUrl: string, cause: unknown): SluiceError =>
  new SluiceError(
    'API_UNREACHABLE',
    `The server at ${apiUrl} does not answer: ${(cause as Error).message || (cause as NodeJS.ErrnoException).code}`,
    {
      cause,
      hint: 'Start one with: sluice server start. Or set SLUICE_API_URL to where it is.',
    },
  );
