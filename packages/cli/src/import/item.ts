import type { Client } from '@sluice/client';
import { canonicalJson, isObject, type JsonObject } from '@sluice/core/lib/json';

/** What is copied, in the order in which it is made. */
export const KIND_NAMES = [
  'work pool',
  'work queue',
  'tag limit',
  'concurrency limit',
  'variable',
  'block type',
  'block schema',
  'block',
  'flow',
  'deployment',
  'notification policy',
  'automation',
] as const;
export type KindName = (typeof KIND_NAMES)[number];

/** A record of a server without what is that server's own, such as ids: other records are named in it. */
export interface Item {
  readonly kind: KindName;
  readonly name: string;
  readonly fields: JsonObject;
  /** Keys of the records that must be there before it. */
  readonly needs: readonly string[];
  /** Why it cannot be copied. */
  readonly cannot?: string | undefined;
  /** It is of no interest unless something else needs it. */
  readonly asNeeded?: boolean;
}

export interface CopyOptions {
  /** Schedules that are active at the source are active at once; otherwise none is. */
  readonly activateSchedules: boolean;
}

interface Schema {
  safeParse(fields: unknown): {
    readonly error?: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } | undefined;
  };
}

export interface Kind {
  list(client: Client): Promise<Item[]>;
  /** What the server takes of the fields, so that the plan knows what it would refuse. */
  readonly accepts?: Schema;
  /** The fields by which two records are told apart; all when left out. */
  compared?(fields: JsonObject): JsonObject;
  create(client: Client, item: Item, options: CopyOptions): Promise<unknown>;
}

export const keyOf = (kind: KindName, name: string): string => `${kind} "${name}"`;

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

/** Without what says nothing: null, an empty list and an empty object, which servers tell apart, each in its own way. */
export const filled = (fields: object): JsonObject => Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));

/** The names of the fields in which two records differ. */
export function differences(a: JsonObject, b: JsonObject): string[] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return names.filter((name) => canonicalJson(a[name] ?? null) !== canonicalJson(b[name] ?? null));
}
