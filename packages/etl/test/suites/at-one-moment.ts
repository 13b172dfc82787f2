/** The latest load and what `seen` shows, with no commit between the two: the server of a process that is gone may still end one. */
export async function atOneMoment<T>(
  trial: { ledger(): Promise<string[]> },
  seen: () => Promise<T>,
): Promise<{ latest: string | undefined; rows: T }> {
  for (;;) {
    const [latest] = await trial.ledger();
    const rows = await seen();
    if ((await trial.ledger())[0] === latest) return { latest, rows };
  }
}
