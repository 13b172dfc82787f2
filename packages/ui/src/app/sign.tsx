/** Our sign: a gate over water. The same as `favicon.svg`, without a request. */
export function Sign() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#12549e" />
      <path d="M8 5v22M24 5v22" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <path d="M8 12h16" stroke="#fff" strokeWidth="5" />
      <path d="M8.5 20.5q2.6-2.6 5.1 0t5.1 0 5.1 0M8.5 25.5q2.6-2.6 5.1 0t5.1 0 5.1 0" stroke="#7fd1ff" strokeWidth="2.2" fill="none" />
    </svg>
  );
}
