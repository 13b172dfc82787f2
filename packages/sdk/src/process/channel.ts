import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { CHANNEL_FD, type FromFlowProcess, type ToFlowProcess } from '@sluice/core/process/messages';

/** Whoever runs this may do without its worker for a moment: a full line is waited for. */
const FULL_MS = 1;

const { ino } = fstatSync(CHANNEL_FD);
const sleeper = new Int32Array(new SharedArrayBuffer(4));
let word = '';

/**
 * Tells the worker. It is written before this returns, so that the last words of a process are heard too; each line begins and ends
 * with a line feed, since user code may write to the same socket.
 */
export function tell(message: FromFlowProcess): void {
  const bytes = Buffer.from(`\n${JSON.stringify({ word, ...message })}\n`);
  try {
    // When user code has closed it, another file may have the number now. The worker sees a socket that is closed.
    if (fstatSync(CHANNEL_FD).ino !== ino) return;
    for (let at = 0; at < bytes.length; ) at += write(bytes.subarray(at));
  } catch {
    // The worker is gone.
  }
}

function write(bytes: Buffer): number {
  try {
    return writeSync(CHANNEL_FD, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(sleeper, 0, 0, FULL_MS);
    return 0;
  }
}

/** Listens to the worker, until it is gone. */
export function listen(hear: (message: Exclude<ToFlowProcess, { type: 'hello' }>) => void, onGone: () => void): void {
  let rest = '';
  new Socket({ fd: CHANNEL_FD, readable: true, writable: false })
    .setEncoding('utf8')
    .on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as ToFlowProcess;
        if (message.type === 'hello') {
          word = message.word;
          tell({ type: 'ready' });
        } else hear(message);
      }
    })
    .on('error', onGone)
    .on('close', onGone);
}
