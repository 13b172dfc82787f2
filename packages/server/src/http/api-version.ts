import { SluiceError } from '@sluice/core/errors/sluice-error';

/** The oldest API that Prefect 2.13.7 and 3.x still serve. */
const OLDEST = [0, 8, 0] as const;
const HINT = 'Send 0.8.4, or leave the header out.';

/** Refuses a client whose API is older than this one, by `X-PREFECT-API-VERSION`, with Prefect's status 400. */
export function expectApiVersion(header: string | undefined): void {
  if (!header) return;
  const [, ...asked] = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/.exec(header) ?? [];
  if (asked.length === 0)
    throw new SluiceError('UNSUPPORTED_API_VERSION', `X-PREFECT-API-VERSION is ${JSON.stringify(header.slice(0, 50))}, and not of the form x.y.z.`, {
      hint: HINT,
    });
  const place = OLDEST.findIndex((part, index) => Number(asked[index]) !== part);
  if (place === -1 || Number(asked[place]) > (OLDEST[place] as number)) return;
  throw new SluiceError('UNSUPPORTED_API_VERSION', `The client speaks API ${header}; this server speaks ${OLDEST.join('.')} and later.`, {
    hint: 'Update the client.',
  });
}
