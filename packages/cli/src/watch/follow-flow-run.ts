import { type Client, startTimer } from '@sluice/client';
import { EXIT } from '@sluice/core/errors/catalog';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { FlowRun } from '@sluice/core/model/flow-run';
import type { State } from '@sluice/core/model/state';
import type { Format } from '../program/options.ts';
import { onStopSignals } from '../program/stop-signals.ts';
import { duration } from '../render/ago.ts';
import { toText } from '../render/column.ts';
import { clock, logLine } from '../render/log-line.ts';
import { tell } from '../render/message.ts';
import { paint } from '../render/paint.ts';
import { isJson, printRecord } from '../render/print.ts';
import { STATE_PAINT } from '../render/state-paint.ts';
import { startBoardRegion } from './board-region.ts';
import { exitOf } from './exit-of.ts';
import type { RunNews } from './run-news.ts';
import { watchFlowRun } from './watch-flow-run.ts';

interface Options {
  readonly timeoutSeconds?: number | undefined;
  readonly format?: Format | undefined;
}

/**
 * Prints states and log lines of a flow run until it ends, and answers with the exit code that its last state stands for. As JSON
 * the run itself is printed at the end, and the lines go to standard error. Ctrl+C ends this, not the run.
 */
export async function followFlowRun(client: Client, id: string, { timeoutSeconds, format }: Options = {}): Promise<number> {
  const json = isJson(format);
  const stream = json ? process.stderr : process.stdout;
  const detached = new AbortController();
  const late = new AbortController();
  const timer = timeoutSeconds === undefined ? undefined : startTimer(timeoutSeconds * 1000, () => late.abort());
  const signals = onStopSignals(() => detached.abort());
  try {
    const run = await print(client, id, stream, AbortSignal.any([detached.signal, late.signal]));
    if (json) await printRecord(run, [], format);
    else stream.write(`${summary(run, stream)}\n`);
    return exitOf(run.state_type);
  } catch (error) {
    if (detached.signal.aborted) {
      tell(`\nThe run goes on. Follow it again with: sluice flow-run watch ${id}\nCancel it with: sluice flow-run cancel ${id}`);
      return EXIT.interrupted;
    }
    if (!late.signal.aborted) throw error;
    throw new SluiceError('TIMED_OUT', `The run has not ended within ${timeoutSeconds} s; it is still running.`, {
      hint: `Follow it again with: sluice flow-run watch ${id}. Cancel it with: sluice flow-run cancel ${id}`,
    });
  } finally {
    timer?.stop();
    signals.forget();
  }
}

/** On a terminal the board of a run that has started others stands below its lines. */
async function print(client: Client, id: string, stream: NodeJS.WriteStream, signal: AbortSignal): Promise<FlowRun> {
  const news = watchFlowRun(client, id, signal);
  const region = stream.isTTY ? await startBoardRegion(client, id, stream, signal) : undefined;
  const write = region?.write ?? ((text: string) => stream.write(`${text}\n`));
  try {
    for (;;) {
      const { done, value } = await news.next();
      if (done) return value;
      write(line(value, stream));
    }
  } finally {
    await region?.end();
  }
}

const line = (news: RunNews, stream: NodeJS.WriteStream): string => (news.kind === 'log' ? logLine(news.log, stream) : stateLine(news.state, stream));

function stateLine({ timestamp, type, name, message }: Pick<State, 'timestamp' | 'type' | 'name' | 'message'>, stream: NodeJS.WriteStream): string {
  const said = message ? `: ${toText(message)}` : '';
  return `${paint('dim', clock(timestamp), stream)} | ${'STATE'.padEnd(8)} | ${paint(STATE_PAINT[type], toText(name), stream)}${said}`;
}

function summary({ name, state_type, state_name, total_run_time, start_time }: FlowRun, stream: NodeJS.WriteStream): string {
  const state = paint(STATE_PAINT[state_type ?? 'FAILED'], state_name ?? '', stream);
  return `Flow run '${name}' is ${state}${start_time ? ` after ${duration(total_run_time)}` : ''}.`;
}
