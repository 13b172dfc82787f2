import { SluiceError } from '@sluice/core/errors/sluice-error';
import { kindOf } from './source-kinds.ts';

/** What is wrong with an address of files that are elsewhere. The text may hold a secret, so it is not repeated. */
export interface RemoteFault {
  readonly message: string;
  readonly hint: string;
}

const KEPT =
  'Let the server keep it, and name it: sluice source set shop < shop.url, then --source shop in a flow. Or set SLUICE_SOURCE_SHOP for the workers.';

/** What is wrong with a URL of a web server or an object store, wherever it is noted; null where nothing is. */
export function remoteFault(text: string): RemoteFault | null {
  if (kindOf(text) === 's3') return s3Fault(text);
  if (!URL.canParse(text)) return { message: 'The URL of the source cannot be read.', hint: 'Write it as https://host/folder/.' };
  return patternFault(new URL(text).pathname);
}

/** The same of a URL that is the name of its source, which everybody reads who sees the run: it has no secret. */
export function remoteNameFault(text: string): RemoteFault | null {
  const fault = remoteFault(text);
  if (fault || kindOf(text) === 's3') return fault;
  const { username, password, search, hash } = new URL(text);
  if (username === '' && password === '' && search === '' && hash === '') return null;
  const what = search === '' && hash === '' ? 'a user or a password' : 'a question mark or #, behind which signatures stand';
  return { message: `The URL of the source holds ${what}: everybody could read it in the run.`, hint: KEPT };
}

/** Refuses a name that holds a secret. */
export function expectNoSecret(name: string): void {
  const fault = remoteNameFault(name);
  if (fault) throw new SluiceError('USAGE', fault.message, { hint: fault.hint, lasting: true });
}

function s3Fault(text: string): RemoteFault | null {
  const { bucket, key } = readS3Url(text);
  if (/^[a-z\d][\w.-]*$/i.test(bucket)) return patternFault(key);
  return {
    message: 'The URL of the source names no bucket.',
    hint: 'Write it as s3://bucket/folder; keys are taken from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  };
}

const patternFault = (path: string): RemoteFault | null =>
  path.includes('*')
    ? {
        message: 'The URL of the source is a pattern.',
        hint: "Name the folder, and the files that make the table: --source s3://bucket/folder --table 'orders=orders-*.csv'",
      }
    : null;

/** The bucket, and what stands behind it, sign by sign: a key may hold any. */
export function readS3Url(text: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(text) ?? [];
  return { bucket, key };
}

/** A URL as it may be shown: without who logs in, and without what may be a signature. */
export function showUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
