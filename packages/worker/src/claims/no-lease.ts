/** A server without leases takes no run away: a week without any beat is longer than anybody waits, and timers hold it. */
export const NO_LEASE_SECONDS = 7 * 24 * 3600;
