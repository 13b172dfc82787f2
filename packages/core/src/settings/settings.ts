import { type Duration, toSeconds } from '../lib/duration.ts';
import { MOST_BUNDLE_MB } from '../model/bundle-limits.ts';

/** One setting: its names in the environment (the first is ours, the others are read when it is not set), its form and its default. */
export interface Setting<T> {
  readonly names: readonly [string, ...string[]];
  readonly parse: (text: string) => T;
  readonly fallback: T;
  readonly doc: string;
  readonly secret?: true;
}

const text = (value: string) => value;
const optional = (value: string): string | undefined => value || undefined;

function flag(value: string): boolean {
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  if (/^(0|false|no|off|)$/i.test(value)) return false;
  throw new TypeError('write true or false');
}

const number =
  (min: number, max: number) =>
  (value: string): number => {
    const parsed = Number(value);
    if (value.trim() === '' || !Number.isInteger(parsed) || parsed < min || parsed > max)
      throw new TypeError(`write a whole number from ${min} to ${max}`);
    return parsed;
  };

const seconds = (value: string): number => toSeconds(/^\d+(\.\d+)?$/.test(value) ? Number(value) : (value as Duration));

/** For what is repeated or must pass: with 0 a loop would never rest, and a lease would end as it begins. */
function someSeconds(value: string): number {
  const parsed = seconds(value);
  if (parsed <= 0) throw new TypeError('write more than 0 seconds');
  return parsed;
}

const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];

function level(value: string): string {
  const name = value.toUpperCase().replace(/^WARN$/, 'WARNING');
  if (!LEVELS.includes(name)) throw new TypeError(`write one of ${LEVELS.join(', ')}`);
  return name;
}

function url(value: string): string {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) throw new TypeError('write a URL, such as http://127.0.0.1:4200/api');
  return value.replace(/\/+$/, '');
}

/** 256 bits: what a person can think of is none. */
function secretKey(value: string): string | undefined {
  if (value !== '' && !/^[0-9a-f]{64}$/i.test(value)) throw new TypeError('write 64 hexadecimal digits, as openssl rand -hex 32 makes them');
  return value || undefined;
}

/** As URLs write them. */
function hosts(value: string): readonly string[] {
  const names = value.split(',').map((name) => name.trim().toLowerCase());
  if (names.some((name) => /[\s/@*]/.test(name))) throw new TypeError('write names of hosts, such as files.example.com,10.0.0.5');
  return names.filter(Boolean);
}

/** It is known to all runs, and shown to whoever looks at the settings. */
function place(value: string): string | undefined {
  if (/^[\w:]+:\/\/[^:@/]*:[^@/]*@|[?&]password=/.test(value))
    throw new TypeError('leave out the password: it is taken from PGPASSWORD, or from the place that is noted');
  if (value !== '' && !/^(\/|[a-z]:[\\/]|[a-z:]+:\/\/)/i.test(value)) throw new TypeError('write a path from the root, or a URL');
  return value || undefined;
}

const setting = <T>(names: Setting<T>['names'], parse: (text: string) => T, fallback: NoInfer<T>, doc: string, secret?: true): Setting<T> => ({
  names,
  parse,
  fallback,
  doc,
  ...(secret && { secret }),
});

/** Every setting of every command. Flag goes over environment, environment over `config.env` in the home, that over the default. */
export const SETTINGS = {
  api_url: setting(['SLUICE_API_URL', 'PREFECT_API_URL'], url, 'http://127.0.0.1:4200/api', 'The server that commands, flows and workers talk to'),
  api_key: setting<string | undefined>(
    ['SLUICE_API_KEY', 'PREFECT_API_KEY'],
    optional,
    undefined,
    'Key sent as a bearer token; the server asks for it when it is set there',
    true,
  ),
  auth_string: setting<string | undefined>(
    ['SLUICE_API_AUTH_STRING', 'PREFECT_API_AUTH_STRING', 'PREFECT_SERVER_API_AUTH_STRING'],
    optional,
    undefined,
    'user:password for basic authentication; the server asks for it when it is set there',
    true,
  ),
  home: setting(['SLUICE_HOME'], text, '~/.sluice', 'Where data, logs and settings are'),
  host: setting(['SLUICE_SERVER_HOST', 'PREFECT_SERVER_API_HOST'], text, '127.0.0.1', 'Address the server listens on'),
  port: setting(['SLUICE_SERVER_PORT', 'PREFECT_SERVER_API_PORT'], number(0, 65_535), 4200, 'Port the server listens on'),
  allow_open: setting(['SLUICE_SERVER_ALLOW_OPEN'], flag, false, 'Listen beyond this machine even without a key'),
  database_url: setting<string | undefined>(
    ['SLUICE_DATABASE_URL'],
    optional,
    undefined,
    'A PostgreSQL 15 or later, instead of the embedded one',
    true,
  ),
  secret_key: setting<string | undefined>(
    ['SLUICE_SECRET_KEY'],
    secretKey,
    undefined,
    'Key with which the server encrypts the URLs of sources and what blocks hold, 64 digits of openssl rand -hex 32; a file of its home when not set',
    true,
  ),
  lease_seconds: setting(['SLUICE_LEASE_SECONDS'], someSeconds, 30, 'How long a worker can be silent before its runs are given to others'),
  sweep_seconds: setting(['SLUICE_SWEEP_SECONDS'], someSeconds, 5, 'How often the server looks for leases that have ended'),
  blocks_register_on_start: setting(
    ['SLUICE_BLOCKS_REGISTER_ON_START', 'PREFECT_SERVER_BLOCKS_REGISTER_ON_START', 'PREFECT_API_BLOCKS_REGISTER_ON_START'],
    flag,
    true,
    "Install Prefect's own block types, such as Secret, when the server starts",
  ),
  late_seconds: setting(['SLUICE_LATE_SECONDS'], seconds, 15, 'A run that has not started this long after its time is Late'),
  log_days: setting(['SLUICE_LOG_DAYS'], number(1, 36_500), 30, 'Days that log lines of runs, and log files, are kept'),
  event_days: setting(['SLUICE_EVENT_DAYS'], number(1, 36_500), 7, 'Days that events of clients are kept'),
  bundle_mb: setting(['SLUICE_BUNDLE_MB'], number(1, MOST_BUNDLE_MB), 100, "The most that a project's files may hold when they are deployed, in MB"),
  bundle_days: setting(['SLUICE_BUNDLE_DAYS'], number(1, 36_500), 30, 'Days that a bundle which no deployment names any more is kept'),
  bundle_cache_mb: setting(
    ['SLUICE_BUNDLE_CACHE_MB'],
    number(1, 1_000_000),
    2000,
    'Bundles, with their packages, that workers of a home keep, in MB',
  ),
  logging_level: setting(
    ['SLUICE_LOGGING_LEVEL', 'PREFECT_LOGGING_LEVEL'],
    level,
    'INFO',
    'Lowest level that is logged: DEBUG, INFO, WARNING, ERROR or CRITICAL',
  ),
  work_pool: setting(['SLUICE_WORK_POOL', 'PREFECT_WORK_POOL'], text, 'default-pool', 'Work pool of deployments and workers that name none'),
  concurrency_tag: setting(['SLUICE_CONCURRENCY_TAG', 'PREFECT_CONCURRENCY_TAG'], text, 'database', 'Tag that setup limits'),
  concurrency_limit: setting(['SLUICE_CONCURRENCY_LIMIT', 'PREFECT_CONCURRENCY_LIMIT'], number(0, 1_000_000), 3, 'Slots of that limit'),
  beat_seconds: setting(['SLUICE_BEAT_SECONDS'], someSeconds, 10, 'How often a worker reports that it and its runs are alive'),
  worker_webserver_host: setting(
    ['SLUICE_WORKER_WEBSERVER_HOST', 'PREFECT_WORKER_WEBSERVER_HOST'],
    text,
    '127.0.0.1',
    'Address where a worker with --with-healthcheck answers',
  ),
  worker_webserver_port: setting(
    ['SLUICE_WORKER_WEBSERVER_PORT', 'PREFECT_WORKER_WEBSERVER_PORT'],
    number(0, 65_535),
    8080,
    'Port of that; 0 takes a free one',
  ),
  retry_seconds: setting<number | undefined>(
    ['SLUICE_RETRY_SECONDS'],
    seconds,
    undefined,
    'How long to wait before a query or a table is tried again; when not set, 10 seconds for a query and 60 for a table',
  ),
  warehouse: setting<string | undefined>(
    ['SLUICE_WAREHOUSE'],
    place,
    undefined,
    'Where tables are loaded: the path of a DuckDB file, postgres://user@host/database, or ducklake:postgres://user@host/database?data_path=/folder; a file of the home when not set',
  ),
  duckdb_extensions: setting<string | undefined>(
    ['SLUICE_DUCKDB_EXTENSIONS'],
    optional,
    undefined,
    "Folder with DuckDB's extensions, where there is no internet; when not set, DuckDB fetches those that are needed, once",
  ),
  plain_http_hosts: setting<readonly string[]>(
    ['SLUICE_PLAIN_HTTP_HOSTS'],
    hosts,
    [],
    'Hosts whose files are read over http://, which encrypts nothing, with commas between them; this machine itself needs no leave',
  ),
  preview_rows: setting(
    ['SLUICE_PREVIEW_ROWS'],
    number(0, 100),
    20,
    'First rows of a loaded table that its worker tells the server, for its page, and twice as many of its quarantine; 0 tells none',
  ),
  start_seconds: setting(['SLUICE_START_SECONDS'], someSeconds, 60, "How long a worker waits for a run's code to load before the run is CRASHED"),
  spare_seconds: setting(
    ['SLUICE_SPARE_SECONDS'],
    seconds,
    300,
    'How long before a run its process can have loaded the code; 0 loads it with the run',
  ),
  grace_seconds: setting(['SLUICE_GRACE_SECONDS'], seconds, 30, 'How long a cancelled run can take to stop before it is killed'),
} satisfies { [name: string]: Setting<unknown> };

export type SettingName = keyof typeof SETTINGS;
export type Settings = { [N in SettingName]: (typeof SETTINGS)[N] extends Setting<infer T> ? T : never };

export type SettingSource = 'flag' | 'environment' | 'config.env' | 'default';

export interface ResolvedSettings {
  readonly values: Settings;
  /** Where each value came from, with the name it was found under. */
  readonly sources: { readonly [N in SettingName]: { readonly source: SettingSource; readonly name: string } };
  /** All values that could not be read, each a sentence. */
  readonly problems: readonly string[];
}

/** Whoever wrote a password where none belongs shall not find it in a log. */
const withoutPassword = (value: string): string => value.replace(/^([\w:]+:\/\/[^:@/]*):[^@/]*@/, '$1@').replace(/([?&]password=)[^&]*/g, '$1…');

type Texts = { readonly [name: string]: string | undefined };

/** Works out every setting. `flags` are by setting name, the other two by the names of the environment. */
export function resolveSettings(flags: { readonly [N in SettingName]?: string | undefined }, environment: Texts, file: Texts): ResolvedSettings {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  const sources: Record<string, { source: SettingSource; name: string }> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [SettingName, Setting<unknown>][]) {
    const found =
      (flags[name] !== undefined && { text: flags[name], source: 'flag' as const, name: `--${name.replaceAll('_', '-')}` }) ||
      find(setting, environment, 'environment') ||
      find(setting, file, 'config.env');
    values[name] = setting.fallback;
    sources[name] = { source: found ? found.source : 'default', name: found ? found.name : setting.names[0] };
    if (!found) continue;
    try {
      values[name] = setting.parse(found.text);
    } catch (error) {
      problems.push(`${found.name}=${setting.secret ? '…' : withoutPassword(found.text)}: ${(error as Error).message}`);
    }
  }
  return { values: values as Settings, sources: sources as ResolvedSettings['sources'], problems };
}

function find(setting: Setting<unknown>, texts: Texts, source: SettingSource): { text: string; source: SettingSource; name: string } | undefined {
  const name = setting.names.find((candidate) => texts[candidate] !== undefined);
  return name === undefined ? undefined : { text: texts[name] as string, source, name };
}
