/** A task run of a flow run, as a restart looks at it. Times are microseconds. */
export interface CalledTask {
  readonly id: string;
  /** When the flow called it: when it was made, or started, whichever was first. */
  readonly began: number;
  /** The task runs that called it. */
  readonly parents: readonly string[];
}

/** So many results may be thrown away at once: a restart is one transaction, and others wait for it. */
export const MAX_THROWN_AWAY = 20_000;

/**
 * The task runs that are done again when a flow run is restarted from one of them. "After" it is what the flow called after it had
 * ended, for the first time: whatever was called before, also beside it, cannot have used what it returned, and is kept. It is done
 * again with all that it has called itself; and so is each task that it was called in, or it would not be reached.
 */
export function behindTask(tasks: readonly CalledTask[], from: string, firstEnd: number): Set<string> {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const calledBy = Map.groupBy(
    tasks.flatMap(({ id, parents }) => parents.map((parent) => ({ id, parent }))),
    ({ parent }) => parent,
  );
  const around = reach(from, (id) => byId.get(id)?.parents.filter((parent) => byId.has(parent)) ?? []);
  const inside = reach(from, (id) => (calledBy.get(id) ?? []).map((call) => call.id));
  const after = tasks.flatMap(({ id, began }) => (began >= firstEnd ? id : []));
  return new Set([from, ...around, ...inside, ...after]);
}

function reach(start: string, next: (id: string) => readonly string[]): Set<string> {
  const found = new Set([start]);
  for (const id of found) for (const each of next(id)) found.add(each);
  return found;
}
