import type { ReactNode } from 'react';
import type { ServerStatus } from '../../api/admin.ts';
import { bytes, count, span } from '../../lib/format.ts';
import type { Figure } from '../base/figures.tsx';
import { Lasting, When } from '../base/when.tsx';

type Facts = readonly (readonly [name: string, value: ReactNode])[];
type Times = ServerStatus['door']['batch_ms'];

/** From here on a figure is worth a look. */
const SLOW = { event_loop_ms: 100, commit_ms: 100, answer_ms: 500, statement_ms: 1000, waiting_changes: 50, disk_free_bytes: 2e9 };

/** Milliseconds of which most are few: tenths up to ten. */
export const time = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : span(ms));

const p95 = (times: Times): string => (times ? time(times.p95) : '–');

/** What says at a glance whether the server is slow, and who waits for it. */
export function howItDoes({ requests, event_loop_delay_ms, door, database, waiting }: ServerStatus): Figure[] {
  const [slowest] = requests;
  const figure = (label: string, value: ReactNode, isSlow = false): Figure => ({ label, value, tone: isSlow ? 'late' : undefined });
  return [
    figure('slowest answer, p95', p95(slowest?.ms ?? null), (slowest?.ms.p95 ?? 0) >= SLOW.answer_ms),
    figure('event loop late, p95', p95(event_loop_delay_ms), (event_loop_delay_ms?.p95 ?? 0) >= SLOW.event_loop_ms),
    figure('commit of the door, p95', p95(door.batch_ms), (door.batch_ms?.p95 ?? 0) >= SLOW.commit_ms),
    figure('changes in a commit, most', door.batch ? count(door.batch.most) : '–'),
    figure('changes wait for the door', count(door.waiting), door.waiting >= SLOW.waiting_changes),
    figure('statements run', count(database.active_statements), database.oldest_statement_ms >= SLOW.statement_ms),
    figure('event streams', count(waiting.event_streams)),
    figure('workers wait for runs', count(waiting.claims)),
    figure('wait for slots', count(waiting.slots)),
  ];
}

export const serverFacts = ({ sluice_version, started, api_url, home, memory_bytes, disk_free_bytes }: ServerStatus): Facts => [
  ['Version', `Sluice ${sluice_version}`],
  ['Up for', <Lasting key="up" from={started} to={null} />],
  ['Started', <When key="started" at={started} />],
  ['API', <code key="api">{api_url}</code>],
  ['Home', <code key="home">{home}</code>],
  ['Memory', bytes(memory_bytes)],
  ['Disk free', <Marked key="disk" text={bytes(disk_free_bytes)} isBad={disk_free_bytes < SLOW.disk_free_bytes} />],
];

export const databaseFacts = ({ database, door }: ServerStatus): Facts => [
  ['PostgreSQL', `${database.version}, ${database.embedded ? 'embedded' : 'given by SLUICE_DATABASE_URL'}`],
  ['Size', bytes(database.bytes)],
  ['Schema', <code key="schema">{database.schema}</code>],
  ['Statements now', count(database.active_statements)],
  ['The longest for', <Marked key="oldest" text={time(database.oldest_statement_ms)} isBad={database.oldest_statement_ms >= SLOW.statement_ms} />],
  ['Changes in a commit', door.batch && spread(door.batch, (changes) => count(Math.round(changes)))],
  ['A commit took', door.batch_ms && spread(door.batch_ms, time)],
];

const spread = ({ p50, p95: nearly, most }: NonNullable<Times>, said: (value: number) => string): string =>
  `half ${said(p50)}, p95 ${said(nearly)}, most ${said(most)}`;

const Marked = ({ text, isBad }: { readonly text: string; readonly isBad: boolean }) =>
  isBad ? (
    <strong data-tone="late" style={{ color: 'var(--tone)' }}>
      {text}
    </strong>
  ) : (
    text
  );
