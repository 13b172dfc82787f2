import { SluiceError } from '@sluice/core/errors/sluice-error';

/** An object of a bucket. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/** More are a mistake, or belong to narrower sources. */
const MOST_OBJECTS = 100_000;

/** Objects whose keys begin with a prefix, by as many pages as it takes (ListObjectsV2). Keys come encoded, for XML cannot hold all of them. */
export async function listObjects(readPage: (query: URLSearchParams) => Promise<string>, prefix: string, shown: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  let next: string | undefined;
  do {
    const page = await readPage(
      new URLSearchParams({ 'list-type': '2', 'encoding-type': 'url', prefix, ...(next && { 'continuation-token': next }) }),
    );
    if (!/<ListBucketResult\b/.test(page)) {
      throw new SluiceError('SOURCE_UNREACHABLE', `What answers for ${shown} is no object store.`, {
        hint: 'Look at AWS_ENDPOINT_URL of the worker.',
        lasting: true,
      });
    }
    for (const [, object = ''] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
      objects.push({ key: decodeURIComponent(textOf(object, 'Key').replaceAll('+', ' ')), bytes: Number(textOf(object, 'Size')) });
    }
    if (objects.length > MOST_OBJECTS) {
      throw new SluiceError('USAGE', `There are more than ${MOST_OBJECTS} objects below ${shown}.`, {
        hint: 'Name a folder below it as the source.',
        lasting: true,
      });
    }
    next = textOf(page, 'NextContinuationToken') || undefined;
  } while (next !== undefined);
  return objects;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text of an element that has no elements in it; empty where there is none. */
export function textOf(xml: string, element: string): string {
  const [, text = ''] = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml) ?? [];
  return text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
