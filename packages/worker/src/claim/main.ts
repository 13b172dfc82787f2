import { messageOf } from '@sluice/core/errors/sluice-error';
import { type ClaimCode, readClaimCode } from '@sluice/core/process/claim-code';
import { type OwnClaim, readClaim } from '@sluice/core/process/claim-environment';
import { EXIT_CODES } from '@sluice/core/process/exit-codes';
import { runClaim } from './run-claim.ts';

/*
 * `sluice-worker run-claim`: what a container or a pod is started with. It finds the code of the run that its environment names, and starts
 * the SDK's program for it; what that prints goes into the run's log, and a process that is gone without a word is told of.
 */

function expectFound<T extends OwnClaim | ClaimCode>(found: T | string): T {
  if (typeof found !== 'string') return found;
  console.error(found);
  return process.exit(EXIT_CODES.NO_CLAIM);
}

for (const output of [process.stdout, process.stderr]) output.on('error', () => {}); // a run goes on when nobody reads it
const claim = expectFound(readClaim(process.env));
const code = expectFound(readClaimCode(process.env));
process.exit(
  await runClaim(claim, code).catch((error: unknown) => {
    console.error(messageOf(error));
    return EXIT_CODES.GONE;
  }),
);
