import { isSluiceError } from '@sluice/core/errors/sluice-error';

/** What both servers, ours and Prefect's, say of a request whose fields do not fit: which, and why, stands beside it in a list. */
const UNFIT = 'Invalid request received.';

/** Which fields a server does not take, each with the reason: `name: String should have at least 1 character`. */
export function faultsOf(error: unknown): readonly string[] {
  const faults: unknown[] = isSluiceError(error) && Array.isArray(error.details) ? error.details : [];
  return faults.map(faultText);
}

/** The same of an error that says nothing else. */
export const unfitFields = (error: Error): readonly string[] => (error.message === UNFIT ? faultsOf(error) : []);

function faultText(fault: unknown): string {
  if (typeof fault === 'string') return fault;
  const { loc = [], msg = '' } = fault as { loc?: (string | number)[]; msg?: string };
  const field = loc.filter((part, index) => index > 0 || part !== 'body').join('.');
  return field === '' ? msg : `${field}: ${msg}`;
}
