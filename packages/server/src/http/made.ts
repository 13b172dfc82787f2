import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Outcome } from '../orchestrate/change.ts';

/** A create is refused for one reason only: its maker has lost its lease. */
export function expectMade(outcome: Outcome): Outcome {
  if (outcome.status !== 'ABORT') return outcome;
  throw new SluiceError('LEASE_EXPIRED', outcome.reason ?? 'The lease is over.', { hint: 'Stop: another worker has the run now.' });
}
