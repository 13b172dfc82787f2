import { isOwnSecret } from '@sluice/core/settings/own-secrets';
import { isSourceVariable, sourceVariable } from '@sluice/core/settings/source-variable';

type Environment = Readonly<Record<string, string | undefined>>;

/** Those of PostgreSQL's own variables that hold a secret, or say where one is. */
const OPENS_DATABASES = new Set(['PGPASSWORD', 'PGPASSFILE', 'PGSERVICEFILE', 'PGSSLKEY']);
const OF_DATABASES = /^PG[A-Z_]+$/;
/** Those of object stores, which a clean run gets when a source of it is in one. */
const OF_STORES = /^AWS_[A-Z\d_]+$/;

/** What Node and the SDK need to run at all. */
const NEEDED = new Set(
  ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'SLUICE_HOME', 'LD_LIBRARY_PATH', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'].concat(
    // Windows' names for the same.
    ['SystemRoot', 'TEMP', 'USERPROFILE'],
  ),
);

const isNeeded = (name: string) => NEEDED.has(name) || name.startsWith('LC_');
const isWithheld = (name: string) => isOwnSecret(name) || isSourceVariable(name) || OPENS_DATABASES.has(name);

const select = (environment: Environment, wanted: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).flatMap(([name, text]) => (text !== undefined && wanted(name) ? [[name, text]] : [])));

const isForEvery = (clean: boolean) => (name: string) => (clean ? isNeeded(name) : !isWithheld(name));

/** What every flow process has, before its run is known: the worker's environment without its secrets; a clean one next to nothing. */
export const processEnvironment = (worker: Environment, { clean }: { readonly clean: boolean }): Record<string, string> =>
  select(worker, isForEvery(clean));

export interface RunNeeds {
  readonly clean: boolean;
  /** Names of the sources that the run reads. */
  readonly sources: readonly string[];
  /** What its deployment sets: that stays as it is set. */
  readonly env: Environment;
  readonly apiUrl: string;
  /** Undefined when the server asks for no key. */
  readonly token: string | undefined;
  /** What opens a server that has no tokens. */
  readonly authString: string | undefined;
}

/** What a run has beyond that, and the next run of its process has not: its sources, and the way to the server. */
export function runEnvironment(worker: Environment, { clean, sources, env, apiUrl, token, authString }: RunNeeds): Record<string, string> {
  const variables = new Set(sources.map(sourceVariable));
  const inStore = sources.some((name) => /^s3:\/\//i.test(worker[sourceVariable(name)] ?? name));
  const isOfSources = (name: string) => variables.has(name) || (sources.length > 0 && OF_DATABASES.test(name)) || (inStore && OF_STORES.test(name));
  const isThere = isForEvery(clean);
  return {
    ...select(worker, (name) => isOfSources(name) && !isThere(name) && env[name] === undefined),
    SLUICE_API_URL: apiUrl,
    ...(token !== undefined && { SLUICE_API_KEY: token }),
    ...(authString !== undefined && { SLUICE_API_AUTH_STRING: authString }),
  };
}
