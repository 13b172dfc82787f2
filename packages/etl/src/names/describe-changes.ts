import type { RelationMark } from '../model.ts';

/** What has become of a relation since it was planned, in words; empty when it is the same. */
export function describeChanges(before: RelationMark, now: RelationMark): string[] {
  if (JSON.stringify(before) === JSON.stringify(now)) return [];
  const anew = before.oid !== now.oid;
  const changes = [
    ...(anew ? [before.kind === now.kind ? `the ${now.kind} was dropped and made again` : `the ${before.kind} is a ${now.kind} now`] : []),
    ...columnChanges(before, now, anew),
    ...(before.body === now.body || anew ? [] : [bodyChange(before, now)]),
    ...(before.is_parent === now.is_parent ? [] : [now.is_parent ? 'other tables inherit from it' : 'no other table inherits from it any more']),
  ];
  return changes.length > 0 ? changes : ['its columns have another order'];
}

function bodyChange({ parts: before }: RelationMark, { parts: now, kind }: RelationMark): string {
  if (kind !== 'partitioned table') return `the ${kind}, or one that it reads, was replaced`;
  return before === now ? 'it has other partitions' : `it has ${now} partitions instead of ${before}`;
}

/** A column is known by its number, and in a table that was made again by its name. */
function columnChanges(before: RelationMark, now: RelationMark, anew: boolean): string[] {
  const key = ([number, name]: RelationMark['columns'][number]) => (anew ? name : number);
  const [old, fresh] = [new Map(before.columns.map((each) => [key(each), each])), new Map(now.columns.map((each) => [key(each), each]))];
  return [
    ...before.columns.filter((each) => !fresh.has(key(each))).map(([, name]) => `column ${name} is gone`),
    ...now.columns.flatMap((each) => {
      const [, name, type, traits] = each;
      const [, oldName = name, oldType, oldTraits] = old.get(key(each)) ?? [];
      if (oldType === undefined) return [`column ${name} was added`];
      return [
        ...(oldName === name ? [] : [`column ${oldName} is called ${name}`]),
        ...(oldType === type ? [] : [`column ${name} is ${type} instead of ${oldType}`]),
        ...(oldTraits === traits ? [] : [`column ${name} is declared differently`]),
      ];
    }),
  ];
}
