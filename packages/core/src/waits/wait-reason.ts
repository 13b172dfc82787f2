import type { StateType } from '../model/state-type.ts';
import type { WaitReason } from '../model/wait-reason.ts';
import type { CodeLanguage } from '../process/code-language.ts';
import { limitInWords } from './circle-words.ts';

/** A limit as it stands, and what those are called that hold its slots, the first first. */
export interface LimitFacts {
  readonly name: string;
  readonly limit: number | null;
  readonly used: number;
  readonly held_by: readonly string[];
}

export interface PlaceFacts extends LimitFacts {
  readonly paused: boolean;
  /** How commands call it: `flow/deployment`. */
  readonly command_name: string;
}

/** Somebody of the run, the run's body or a task, queues for slots. */
export interface QueuingFacts {
  readonly task: boolean;
  readonly slots: number;
  readonly limits: readonly LimitFacts[];
  /** How many stand before it. */
  readonly ahead: number;
}

export interface WaitReasonFacts {
  readonly id: string;
  readonly state_type: StateType | null;
  readonly state_name: string | null;
  /** Until it is due; null when it has no time. */
  readonly due_seconds: number | null;
  /** It is paused, and asks a person for something. */
  readonly asks: boolean;
  /** Its own process tries it again. */
  readonly in_process: boolean;
  readonly worker_name: string | null;
  readonly pool: PlaceFacts | null;
  readonly queue: PlaceFacts | null;
  readonly deployment: PlaceFacts | null;
  /** It was made of a deployment, and stands in no queue. */
  readonly homeless: boolean;
  /** The deployment that it was made of, when that no longer exists. */
  readonly lost_deployment: string | null;
  /** Until a task of it is tried again, when no task of it runs. */
  readonly retry_seconds: number | null;
  /** What its flow is written in; null when its deployment does not tell. */
  readonly language: CodeLanguage | null;
  readonly workers: readonly {
    readonly name: string;
    readonly online: boolean;
    /** Whether it takes runs of the run's queue. */
    readonly serves: boolean;
    /** What the flows are written in that it can run. */
    readonly language: CodeLanguage;
    readonly limit: number | null;
    readonly used: number;
  }[];
  /** How many due runs are claimed before it. */
  readonly ahead: number;
  readonly queuing: readonly QueuingFacts[];
  /** What it waits for in its process; null when it does not. */
  readonly waiting: { readonly open: readonly string[]; readonly all: number; readonly slot: string | null; readonly lent: boolean } | null;
}

const NOTHING: WaitReason = { reason: null, hint: null };
const because = (reason: string, hint: string | null = null): WaitReason => ({ reason, hint });

const some = (names: readonly string[], total: number): string => {
  const shown = names.slice(0, 3);
  const more = total - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
};

const placeInLine = (ahead: number): string => {
  const place = ahead + 1;
  const ending = place % 100 >= 11 && place % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place}${ending} in line`;
};

/** What is known of a full limit. */
const facts = ({ limit, held_by }: LimitFacts, ahead: number): string =>
  `limit ${limit}${held_by.length > 0 ? `, held by ${some(held_by, held_by.length)}` : ''}; ${placeInLine(ahead)}`;

/** Why a run does not go on. */
export function waitReason(run: WaitReasonFacts): WaitReason {
  if (run.state_type === 'CANCELLING') return because('is being cancelled: its process is told to stop');
  if (run.state_type === 'PAUSED') return whyPaused(run);
  if (run.state_type === 'PENDING') return whyPending(run);
  if (run.state_type === 'SCHEDULED') return whyInQueue(run);
  return run.state_type === 'RUNNING' ? whyInProcess(run) : NOTHING;
}

function whyPaused({ id, asks }: WaitReasonFacts): WaitReason {
  const command = `sluice flow-run resume ${id}`;
  if (asks) return because('is paused, and asks for an answer', `Answer it on its page, or with: ${command} --input JSON`);
  return because('is paused', `Let it go on: ${command}`);
}

const TIMES = [
  [600, 1, 's'],
  [7200, 60, 'min'],
  [172_800, 3600, 'h'],
  [Number.POSITIVE_INFINITY, 86_400, 'd'],
] as const;

/** Seconds as long as somebody may wait for them, and then the unit in which a person would say it. */
function timeText(seconds: number): string {
  const [, size, unit] = TIMES.find(([below]) => seconds <= below) ?? TIMES[3];
  return `${size === 1 ? Math.ceil(seconds) : Math.round(seconds / size)} ${unit}`;
}

/** A run that its own process tries again is claimed for that before its time. */
function whyPending({ due_seconds, worker_name }: WaitReasonFacts): WaitReason {
  if (due_seconds !== null && due_seconds > 1) return because(`is tried again in ${timeText(due_seconds)}`);
  return worker_name === null ? NOTHING : because(`${worker_name} starts its process`);
}

function whyInProcess({ queuing: [first], waiting, retry_seconds }: WaitReasonFacts): WaitReason {
  if (first) return whyForSlots(first);
  if (!waiting) return retry_seconds === null ? NOTHING : because(`a task is tried again in ${timeText(Math.max(retry_seconds, 0))}`);
  if (waiting.slot) return because(`waits for a slot of ${waiting.slot}`, 'It lent its place while it waited, and gets it back before it goes on.');
  const { open, all } = waiting;
  if (open.length === 0) return because(waiting.lent ? 'waits to get its place back' : 'goes on in a moment');
  const runs = all === 1 ? '1 run' : `${all} runs`;
  const of = open.length === all ? runs : `${open.length} of ${runs}`;
  return because(`waits for ${of}: ${some(open, open.length)}`);
}

/** Names the first of its limits that has too few free slots. */
export function whyForSlots({ task, slots, limits, ahead }: QueuingFacts): WaitReason {
  const who = task ? 'a task waits' : 'waits';
  const wanted = slots === 1 ? 'a slot' : `${slots} slots`;
  const short = limits.find(({ limit, used }) => limit !== null && used + slots > limit) ?? limits[0];
  if (!short) return because(`${who} for ${wanted} that is free: it goes on in a moment`);
  const name = limitInWords(short.name);
  if (short.limit === 0) return because(`${who} for ${wanted} of ${name}: its limit is 0`, `Raise the limit: ${raise(short.name)}`);
  if (short.limit !== null && short.limit < slots)
    return because(`${who} for ${wanted} of ${name}, whose limit is ${short.limit}`, `Raise the limit: ${raise(short.name)}`);
  return because(`${who} for ${wanted} of ${name} (${facts(short, ahead)})`);
}

const raise = (name: string) =>
  name.startsWith('tag:')
    ? `sluice concurrency-limit create ${name.slice('tag:'.length)} NUMBER`
    : `sluice global-concurrency-limit update ${name} --limit NUMBER`;

const ANOTHER = 'Cancel it, deploy again, and start a new run.';

const isFull = ({ limit, used }: LimitFacts): boolean => limit !== null && used >= limit;

/** The same places that a claim looks at, in its order. */
function whyInQueue(run: WaitReasonFacts): WaitReason {
  const { pool, queue, deployment, workers, ahead } = run;
  if (run.due_seconds !== null && run.due_seconds > 1) {
    const what = run.state_name === 'AwaitingRetry' ? 'is tried again' : 'due';
    return because(`${what} in ${timeText(run.due_seconds)}`);
  }
  if (run.in_process) return NOTHING;
  if (pool === null || queue === null) {
    if (run.homeless) return because('its work pool or work queue was deleted, or it had none: no worker takes it', ANOTHER);
    return because('has no work pool: no worker takes it', 'Its flow runs in the program that called it. A worker only takes runs of a deployment.');
  }
  if (run.lost_deployment !== null) return because(`its deployment ${run.lost_deployment} was deleted: it cannot start`, ANOTHER);
  if (pool.paused) return because(`work pool ${pool.name} is paused`, `End the pause: sluice work-pool resume ${pool.name}`);
  if (queue.paused)
    return because(`work queue ${queue.name} of ${pool.name} is paused`, `End the pause: sluice work-queue resume ${queue.name} --pool ${pool.name}`);
  if (deployment?.paused)
    return because(`deployment ${deployment.name} is paused`, `End the pause: sluice deployment resume ${deployment.command_name}`);
  const online = workers.filter((worker) => worker.online);
  if (online.length === 0)
    return because(`no worker of ${pool.name} is online`, `Start one: ${PROGRAMS[run.language ?? 'typescript']} worker start --pool ${pool.name}`);
  const able = online.filter(({ language }) => run.language === null || language === run.language);
  if (able.length === 0) return whyLanguage(run.language, pool.name, online);
  const serving = able.filter((worker) => worker.serves);
  if (serving.length === 0) {
    const names = able.map(({ name }) => name);
    const hint = `Start one: ${PROGRAMS[run.language ?? 'typescript']} worker start --pool ${pool.name} --work-queue ${queue.name}`;
    return because(`no worker takes runs of work queue ${queue.name} of ${pool.name} (for other queues: ${some(names, names.length)})`, hint);
  }
  if (isFull(pool)) return whyPlace('work pool', pool, ahead, `sluice work-pool set-concurrency-limit ${pool.name} NUMBER`);
  if (isFull(queue)) return whyPlace('work queue', queue, ahead, `sluice work-queue set-concurrency-limit ${queue.name} NUMBER --pool ${pool.name}`);
  if (deployment && isFull(deployment))
    return whyPlace('deployment', deployment, ahead, `sluice deployment set-concurrency-limit ${deployment.command_name} NUMBER`);
  return whyWorkers(pool.name, serving, ahead);
}

/** Who runs flows of a language. */
const PROGRAMS: Readonly<Record<CodeLanguage, string>> = { typescript: 'sluice', python: 'prefect' };
const LANGUAGES: Readonly<Record<CodeLanguage, string>> = { typescript: 'TypeScript', python: 'Python' };

function whyLanguage(language: CodeLanguage | null, pool: string, online: WaitReasonFacts['workers']): WaitReason {
  const program = PROGRAMS[language ?? 'typescript'];
  const names = online.map(({ name }) => name);
  return because(
    `its flow is in ${LANGUAGES[language ?? 'typescript']}, and no worker of ${pool} that is online runs that (${some(names, names.length)})`,
    `Start one: ${program} worker start --pool ${pool}`,
  );
}

function whyPlace(kind: string, place: LimitFacts, ahead: number, command: string): WaitReason {
  if (place.limit === 0) return because(`waits for a slot of ${kind} ${place.name}: its limit is 0`, `Raise the limit: ${command}`);
  return because(`waits for a slot of ${kind} ${place.name} (${facts(place, ahead)})`);
}

/** A worker of Prefect's does not say how many runs it takes. */
function whyWorkers(pool: string, online: WaitReasonFacts['workers'], ahead: number): WaitReason {
  if (online.some(({ limit, used }) => limit === null || used < limit)) return NOTHING;
  const names = online.map(({ name, limit, used }) => `${name} ${used}/${limit}`);
  return because(
    `waits for a free worker (${some(names, names.length)}; ${placeInLine(ahead)})`,
    `Start another: sluice worker start --pool ${pool}`,
  );
}
