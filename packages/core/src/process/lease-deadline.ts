/** This much of a lease's time is left when its holder gives up: the server must never be the first. */
const MARGIN = 0.15;

/** Until when the holder of a lease may go on, by the clock on which `sentMs` is the time at which the lease was asked for. */
export const leaseDeadline = (sentMs: number, leaseSeconds: number): number => sentMs + leaseSeconds * 1000 * (1 - MARGIN);
