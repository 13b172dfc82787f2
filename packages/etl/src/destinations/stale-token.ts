import { SluiceError } from '@sluice/core/errors/sluice-error';

/** A lease on the warehouse that is older than the one of the last commit: another has held it since, or the server is new. */
export class StaleToken extends SluiceError {
  /** Of all commits. A lease that is to commit must have more. */
  readonly highest: number;

  constructor(token: number, highest: number) {
    super('LEASE_EXPIRED', `The warehouse has a commit with token ${highest}: a lease with token ${token} is too old.`, {
      hint: 'Another load has the warehouse now: this one is done again under a new lease.',
    });
    this.highest = highest;
  }
}
