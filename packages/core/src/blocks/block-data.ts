import { isObject } from '../lib/json.ts';

type Data = Record<string, unknown>;

/** What stands for a secret in every answer that does not ask for it. */
export const HIDDEN = '********';

type Change = (value: unknown, path: readonly string[]) => unknown;

/** A copy in which values at a path of `secret_fields` are changed: `a.b` is one value, `a.*` are all values inside of `a`. */
function changeSecrets(data: Data, secretFields: readonly string[], change: Change): Data {
  return secretFields.reduce((all, field) => changeAt(all, field.split('.'), [], change) as Data, data);
}

function changeAt(value: unknown, [name, ...rest]: readonly string[], path: readonly string[], change: Change): unknown {
  if (name === undefined) return value == null ? value : change(value, path);
  if (name === '*') return changeLeaves(value, path, change);
  if (!isObject(value) || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: changeAt(value[name], rest, [...path, name], change) };
}

function changeLeaves(value: unknown, path: readonly string[], change: Change): unknown {
  if (!isObject(value)) return change(value, path);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, changeLeaves(inner, [...path, name], change)]));
}

/** Data whose secrets nobody sees. */
export const hideSecrets = (data: Data, secretFields: readonly string[]): Data => changeSecrets(data, secretFields, () => HIDDEN);

const at = (data: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined), data);

/** Whoever sends hidden secrets back has read them so, and does not mean to change them. */
export const keepHidden = (data: Data, current: Data, secretFields: readonly string[]): Data =>
  changeSecrets(data, secretFields, (value, path) => (value === HIDDEN ? (at(current, path) ?? value) : value));

export interface SplitData {
  /** Without the blocks inside. */
  readonly own: Data;
  /** By field: the id of the block that stands there, as it was sent. */
  readonly references: Readonly<Record<string, unknown>>;
}

/** A field that is `{ $ref: { block_document_id } }` is another block. */
export function splitReferences(data: Data): SplitData {
  const fields = Object.entries(data);
  const isReference = (value: unknown): value is { $ref: unknown } => isObject(value) && Object.hasOwn(value, '$ref');
  const idOf = ({ $ref }: { $ref: unknown }) => (isObject($ref) ? $ref['block_document_id'] : undefined);
  return {
    own: Object.fromEntries(fields.filter(([, value]) => !isReference(value))),
    references: Object.fromEntries(fields.flatMap(([name, value]) => (isReference(value) ? [[name, idOf(value)]] : []))),
  };
}
