import type { Writer } from '../orchestrate/change.ts';

/** Who holds the lease of a flow run, as it was at most a second ago: a flow's requests cost no look each. */
export interface Holders {
  isCurrent(holder: Writer): Promise<boolean>;
  /** It holds the lease now. */
  note(holder: Writer): void;
}

const FRESH_MS = 1000;
const MOST = 10_000;

export function createHolders({ look, clock }: { look: (holder: Writer) => Promise<boolean>; clock: () => number }): Holders {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<boolean> }>();

  function keep({ flow_run_id, epoch }: Writer, answer: Promise<boolean>): Promise<boolean> {
    const key = `${flow_run_id}:${epoch}`;
    known.delete(key); // the newest stand last
    known.set(key, { at: clock(), answer });
    if (known.size > MOST) known.delete(known.keys().next().value as string);
    answer.catch(() => known.delete(key));
    return answer;
  }

  return {
    isCurrent: (holder) => {
      const entry = known.get(`${holder.flow_run_id}:${holder.epoch}`);
      return entry && clock() - entry.at < FRESH_MS ? entry.answer : keep(holder, look(holder));
    },
    note: (holder) => void keep(holder, Promise.resolve(true)),
  };
}
