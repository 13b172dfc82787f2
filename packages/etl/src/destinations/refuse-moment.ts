import { SluiceError } from '@sluice/core/errors/sluice-error';

/** Only a lake keeps what its tables were. */
export function refuseMoment(at: string | undefined, what: string): void {
  if (at === undefined) return;
  throw new SluiceError('USAGE', `${what} knows only what stands in it now: --at is for a lake (ducklake:postgres://…).`, {
    hint: 'Leave --at out, or load into a lake, which keeps what its tables were.',
  });
}
