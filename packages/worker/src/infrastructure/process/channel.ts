import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { FromFlowProcess as Schema } from '@sluice/core/process/from-flow-process';
import type { FromFlowProcess, ToFlowProcess } from '@sluice/core/process/messages';

/** The worker's end of the line to a flow process. */
export interface Channel {
  send(message: ToFlowProcess): void;
  /** Resolves when the other end is closed. */
  readonly closed: Promise<void>;
}

/** A line longer than this is none of ours: a process may not fill its worker's memory. */
const LONGEST = 16_000_000;

/**
 * User code has the socket's other end, since the process has it. So only lines with the word count that the process's own
 * program was told before any user code was there, and only those that are well formed; `onForeign` hears of the first other one.
 */
export function openChannel(socket: Duplex, onMessage: (message: FromFlowProcess) => void, onForeign: () => void): Channel {
  const word = randomUUID();
  const closed = Promise.withResolvers<void>();
  let rest = '';
  let isForeignTold = false;
  const hear = (line: string): void => {
    if (line === '') return;
    const message = parse(line, word);
    if (message) onMessage(message);
    else if (!isForeignTold) onForeign();
    isForeignTold ||= !message;
  };
  socket
    .setEncoding('utf8')
    .on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-LONGEST);
      for (const line of lines) hear(line);
    })
    .on('error', () => {}) // the process is gone: its end is told elsewhere
    .on('close', closed.resolve);
  const send = (message: ToFlowProcess) => {
    if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
  };
  send({ type: 'hello', word });
  return { send, closed: closed.promise };
}

function parse(line: string, word: string): FromFlowProcess | undefined {
  try {
    const { word: said, ...message } = JSON.parse(line) as Record<string, unknown>;
    return said === word ? Schema.safeParse(message).data : undefined;
  } catch {
    return undefined;
  }
}
