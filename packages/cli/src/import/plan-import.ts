import { differences, type Item, keyOf } from './item.ts';
import { KINDS } from './kinds.ts';

/** `new` is copied, `same` and `different` are there already and stay as they are, `impossible` cannot be copied. */
export type Fate = 'new' | 'same' | 'different' | 'impossible';

export interface PlannedItem {
  readonly item: Item;
  readonly fate: Fate;
  /** Where it differs, or why it cannot be copied. */
  readonly why: string;
}

const keyOfItem = ({ kind, name }: Item) => keyOf(kind, name);

/** What becomes of each record of `source` when it is copied beside those of `target`: in an order in which each has what it needs. */
export function planImport(source: readonly Item[], target: readonly Item[]): PlannedItem[] {
  const there = new Map(target.map((item) => [keyOfItem(item), item]));
  const wanted = new Map(source.map((item) => [keyOfItem(item), item]));
  const planned = new Map<string, PlannedItem | undefined>();

  function plan(item: Item): PlannedItem | undefined {
    const key = keyOfItem(item);
    if (planned.has(key)) return planned.get(key);
    planned.set(key, undefined); // a circle ends here: a record that needs itself lacks it
    const result = judge(item, there.get(key), (need) => there.has(need) || isCopied(wanted.get(need)));
    planned.delete(key);
    planned.set(key, result);
    return result;
  }
  const isCopied = (item: Item | undefined) => item !== undefined && plan(item)?.fate === 'new';

  for (const item of source) if (!item.asNeeded) plan(item);
  return [...planned.values()].filter((each) => each !== undefined);
}

function judge(item: Item, existing: Item | undefined, has: (need: string) => boolean): PlannedItem {
  const { compared = (fields) => fields, accepts } = KINDS[item.kind];
  if (existing && !item.cannot) {
    const differing = differences(compared(item.fields), compared(existing.fields));
    return differing.length === 0 ? { item, fate: 'same', why: '' } : { item, fate: 'different', why: `other ${differing.join(', ')} there` };
  }
  const lacking = item.needs.filter((need) => !has(need)); // all are asked, so that each is planned before this
  const refused = accepts?.safeParse(item.fields).error?.issues[0];
  const why =
    item.cannot ??
    (lacking.length > 0 ? `it needs ${lacking.join(' and ')}` : undefined) ??
    (refused && `${refused.path.join('.') || 'it'}: ${refused.message}`);
  return why === undefined ? { item, fate: 'new', why: '' } : { item, fate: 'impossible', why };
}
