/** What a limit of 0 does, after the sentence that reports it. `who` is what waits. */
export const ofZero = (limit: number, who: string): string => (limit === 0 ? ` ${who} wait until it is raised.` : '');
