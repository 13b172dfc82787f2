import { setTimeout as pause } from 'node:timers/promises';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isRunning } from '@sluice/home/processes';
import { readServerFile } from '@sluice/server/home';

const POLL_MS = 20;
const LONGEST_MS = 60_000;

/** Stops the server of a home, and waits until it and its PostgreSQL are gone. Answers with its process id, if one ran. */
export async function stopServer(home: string): Promise<number | undefined> {
  const server = await readServerFile(home);
  if (server) {
    askToStop(server.pid);
    for (let waited = 0; isRunning(server.pid); waited += POLL_MS) {
      if (waited >= LONGEST_MS) {
        throw new SluiceError('TIMED_OUT', `The server (process ${server.pid}) did not stop within ${LONGEST_MS / 1000} s.`, {
          hint: `Its log is in ${home}/logs. kill -9 ${server.pid} ends it; what it has acknowledged is safe.`,
        });
      }
      await pause(POLL_MS);
    }
  }
  // Left behind by a server that was killed.
  const { stopLeftCluster } = await import('@sluice/server');
  await stopLeftCluster(home);
  return server?.pid;
}

function askToStop(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new SluiceError('UNAUTHORIZED', `The server (process ${pid}) belongs to another user.`, {
      hint: 'Stop it as the user who started it.',
      cause,
    });
  }
}
