import { type Client, pageAll } from '@sluice/client';
import type { RouteInput, RouteKey, RouteOutput } from '@sluice/core/api/routes';
import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { NumberText, parseExactJson } from '@sluice/core/lib/exact-json';
import { isObject } from '@sluice/core/lib/json';

type ListKey = { [K in RouteKey]: RouteOutput<K> extends readonly unknown[] ? K : never }[RouteKey] & `POST ${string}/filter`;
type RecordOf<K extends ListKey> = RouteOutput<K> extends readonly (infer T)[] ? T : never;

/** All records of a list. Numbers that cannot be kept as they are stay as they were written, so that a server that is sent them refuses. */
export const readAll = async <K extends ListKey>(client: Client, key: K, body: object = {}): Promise<RecordOf<K>[]> =>
  (await readWritten(client, key, body)).map((record) => withNumbers(record, ({ isExact, text, value }) => (isExact ? value : rawJSON(text))));

/** The same with all numbers as they were written: the checksum of a schema tells 60.0 from 60. */
export const readWritten = <K extends ListKey>(client: Client, key: K, body: object = {}): Promise<RecordOf<K>[]> =>
  pageAll(async (page) => {
    const text = await Array.fromAsync(await client.open(key, { body: { ...body, ...page } } as RouteInput<K>));
    return parseExactJson(text.join('')) as RecordOf<K>[];
  });

/** What one generation has and the other has not: no record where there is no such route. */
export const noneWithoutRoute = <T>(records: Promise<T[]>): Promise<T[]> =>
  records.catch((error: unknown) => {
    if (isSluiceError(error) && (error.code === 'NOT_FOUND' || error.code === 'METHOD_NOT_ALLOWED')) return [];
    throw error;
  });

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Ready to be sent with the numbers that it came with. */
export const asWritten = <T>(value: T): T => withNumbers(value, ({ text }) => rawJSON(text));

function withNumbers<T>(value: T, toJson: (number: NumberText) => unknown): T {
  const visit = (inner: unknown): unknown => {
    if (inner instanceof NumberText) return toJson(inner);
    if (Array.isArray(inner)) return inner.map(visit);
    return isObject(inner) ? Object.fromEntries(Object.entries(inner).map(([name, part]) => [name, visit(part)])) : inner;
  };
  return visit(value) as T;
}
