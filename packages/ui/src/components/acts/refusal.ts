/** Why the server did not do it, of an answer that is good as HTTP: a state that was proposed, and not taken. */
export function refusalOf(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('status' in answer) || !('details' in answer)) return undefined;
  const { status, details } = answer as { status: unknown; details: { reason?: string | null } | null };
  if (status !== 'REJECT' && status !== 'ABORT' && status !== 'WAIT') return undefined;
  return details?.reason ?? 'The server has not taken it.';
}
