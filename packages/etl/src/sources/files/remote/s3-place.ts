import { createHash } from 'node:crypto';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { AwsV4Signer } from 'aws4fetch';
import { readS3Url, remoteFault } from '../../../names/remote-url.ts';
import { type S3Store, s3Store } from '../../../names/s3-store.ts';
import { nameAndKind } from '../file-kinds.ts';
import { ask, type Limits } from './ask.ts';
import { listObjects } from './list-objects.ts';
import { persist } from './persist.ts';
import { encodePath, type Place } from './place.ts';

/** Objects whose keys begin with a folder, or the one that the URL names. */
export async function s3Place(address: string, limits: Limits, signal: AbortSignal): Promise<Place> {
  const fault = remoteFault(address);
  if (fault) throw new SluiceError('SOURCE_UNREACHABLE', fault.message, { hint: fault.hint, lasting: true });
  const { bucket, key } = readS3Url(address);
  const bare = key.replace(/\/+$/, '');
  const slash = bare.lastIndexOf('/') + 1;
  const parent = bucketPlace(bucket, bare.slice(0, slash), limits);
  const only = bare.slice(slash);
  // A folder may be called as a file is: Spark writes such.
  const isFile = bare === key && 'kind' in nameAndKind(only) && (await parent.find(only, signal)).some(({ path }) => path === only);
  if (!isFile) return bucketPlace(bucket, bare === '' ? '' : `${bare}/`, limits);
  return { ...parent, list: async (at) => (await parent.find(only, at)).filter(({ path }) => path === only) };
}

interface BucketPlace extends Place {
  /** Files whose paths begin with this. */
  find(beginning: string, signal: AbortSignal): Promise<readonly { readonly path: string; readonly bytes: number }[]>;
}

function bucketPlace(bucket: string, prefix: string, limits: Limits): BucketPlace {
  const show = (path: string) => `s3://${bucket}/${prefix}${path}`;
  const request: Place['request'] = (path, headers) => {
    const store = s3Store();
    return sign(new URL(encodePath(prefix + path), rootOf(bucket, store)), headers, store);
  };
  const place = {
    show,
    request,
    redirect: () => 'its bucket is in another region',
    refused: 'Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL of the worker, and at the rights of that key.',
  };
  const find: BucketPlace['find'] = async (beginning, signal) => {
    const readOnce = async (query: URLSearchParams) => {
      const store = s3Store();
      const url = Object.assign(rootOf(bucket, store), { search: `${query}` });
      await using answer = await ask({ ...place, show: () => show(''), request: () => sign(url, {}, store) }, '', {}, { limits, signal });
      return await answer.text();
    };
    const readPage = (query: URLSearchParams) => persist({ limits, signal }, () => readOnce(query));
    const objects = await listObjects(readPage, prefix + beginning, show(''));
    // What ends so is what consoles make to show a folder.
    return objects.filter(({ key }) => !key.endsWith('/')).map(({ key, bytes }) => ({ path: key.slice(prefix.length), bytes }));
  };
  return { ...place, find, list: (signal) => find('', signal) };
}

const DEFAULT_REGION = 'us-east-1';

/** A certificate of S3 holds for names without a dot; a store of one's own has buckets in its path. */
function rootOf(bucket: string, { endpoint, region = DEFAULT_REGION }: S3Store): URL {
  if (endpoint) return new URL(`${encodePath(bucket)}/`, `${endpoint.href.replace(/\/$/, '')}/`);
  if (bucket.includes('.')) return new URL(`https://s3.${region}.amazonaws.com/${encodePath(bucket)}/`);
  return new URL(`https://${bucket}.s3.${region}.amazonaws.com/`);
}

/** The SHA-256 of a body that is empty. */
const NOTHING = createHash('sha256').digest('hex');

async function sign(url: URL, headers: Readonly<Record<string, string>>, { key, secret, token, region = DEFAULT_REGION }: S3Store) {
  if (key === undefined || secret === undefined) return { url, headers: { ...headers } };
  const signer = new AwsV4Signer({
    ...{ url: url.href, headers: { ...headers, 'x-amz-content-sha256': NOTHING }, service: 's3', region, accessKeyId: key, secretAccessKey: secret },
    ...(token !== undefined && { sessionToken: token }),
  });
  const signed = await signer.sign();
  return { url, headers: Object.fromEntries(signed.headers) };
}
