import type { Circle, Link } from './circles.ts';
import type { WaitFacts } from './wait-facts.ts';
import type { Party } from './wait-graph.ts';

/** What things are called, by their ids. */
export type NamesById = ReadonlyMap<string, string>;

const KINDS = { pool: 'work pool', queue: 'work queue', deployment: 'deployment', worker: 'worker' } as const;

const split = (text: string): [string, string] => [text.slice(0, text.indexOf(' ')), text.slice(text.indexOf(' ') + 1)];

/** A named limit in words: a tag's is the one called `tag:<tag>`. */
export const limitInWords = (name: string): string => (name.startsWith('tag:') ? `the tag "${name.slice(4)}"` : `the concurrency limit "${name}"`);

function placeInWords(place: string, names: NamesById): string {
  const [kind, id] = split(place);
  return kind === 'limit' ? limitInWords(id) : `the ${KINDS[kind as keyof typeof KINDS]} "${names.get(id) ?? id}"`;
}

/** The circle in one sentence, and what to do about it. */
export function circleInWords({ links }: Circle, facts: WaitFacts, names: NamesById): { readonly message: string; readonly hint: string } {
  const who = speaker(facts, names);
  const clauses = links.flatMap((link) => clause(link, facts, names, who));
  return { message: `This wait can never end: ${clauses.join('; ')}.`, hint: hintFor(links) };
}

/** Names a party. Whoever asks for a slot is named for its request, and a run for its places. */
function speaker({ waits }: WaitFacts, names: NamesById): (party: Party) => string {
  const named = (id: string) => `'${names.get(id) ?? id}'`;
  return (party) => {
    const [kind, id] = split(party);
    if (kind === 'request') {
      const asker = waits.find((wait) => wait.id === id)?.within[0];
      return asker === undefined ? 'a request' : speaker({ waits } as WaitFacts, names)(asker);
    }
    if (kind !== 'task') return `flow run ${named(id)}`;
    const within = waits.find((wait) => wait.within.includes(party))?.within ?? [];
    const run = within.slice(within.indexOf(party)).find((each) => each.startsWith('body '));
    const task = names.has(id) ? `task ${named(id)}` : 'a task';
    return run === undefined ? task : `${task} of flow run ${named(split(run)[1])}`;
  };
}

/** Links between a thing and its own parts say nothing that a person does not see. */
function clause({ party, need, next }: Link, { limits }: WaitFacts, names: NamesById, who: (party: Party) => string): string[] {
  const [kind] = split(party);
  if (need.kind === 'slots') {
    const total = limits.find(({ name }) => name === need.limit)?.limit;
    const wanted = need.slots === 1 ? 'a slot' : `${need.slots} slots`;
    return [`${who(party)} needs ${wanted} of ${placeInWords(need.limit, names)} (limit ${total}), held by ${who(next)}`];
  }
  if (need.kind === 'any') return [`${who(party)} needs a worker with a free slot, and one is kept by ${who(next)}`];
  const [nextKind] = split(next);
  if (kind === 'request') return [`${who(party)} stands in line behind ${who(next)}`];
  if (nextKind === 'run' && kind !== 'places') return [`${who(party)} waits for ${who(next)}`];
  return nextKind === 'task' && (kind === 'task' || kind === 'body') ? [`${who(party)} waits for ${who(next)}`] : [];
}

function hintFor(links: readonly Link[]): string {
  const limits = links.flatMap(({ need, next }) => (need.kind === 'slots' ? [{ limit: need.limit, by: split(next)[0] }] : []));
  const has = (prefix: string) => limits.some(({ limit }) => limit.startsWith(prefix));
  if (limits.some(({ limit, by }) => limit.startsWith('limit ') && by === 'body'))
    return 'Give slots back before you wait; code that needs slots of two limits must ask for both in one concurrency([…]).';
  if (has('limit ')) return 'Take the tag off the task that waits, or wait in the flow, outside of the task.';
  if (has('deployment ')) return 'Raise the limit of the deployment, or do not wait for the run: runDeployment(…, { timeout: 0 }).';
  return 'Raise the limit, or start another worker.';
}
