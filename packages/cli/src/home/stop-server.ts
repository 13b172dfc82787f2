import { setTimeout as pause } from 'node:timers/promises';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isRunning } from '@sluice/home/processes';
import { readServerFile, readServicesFile } from '@sluice/server/home';

const POLL_MS = 20;
const LONGEST_MS = 60_000;

/** Stops the server of a home, and waits until it and its PostgreSQL are gone. Answers with its process id, if one ran. */
export async function stopServer(home: string): Promise<number | undefined> {
  const server = await readServerFile(home);
  if (server) await stopProcess(server.pid, 'server', home);
  // Left behind by a server that was killed.
  const { stopLeftCluster } = await import('@sluice/server');
  await stopLeftCluster(home);
  return server?.pid;
}

/** Stops the process that runs the services with a home, and waits until it is gone. Answers with its process id, if one ran. */
export async function stopServices(home: string): Promise<number | undefined> {
  const services = await readServicesFile(home);
  if (services) await stopProcess(services.pid, 'services', home);
  return services?.pid;
}

async function stopProcess(pid: number, what: 'server' | 'services', home: string): Promise<void> {
  askToStop(pid, what);
  for (let waited = 0; isRunning(pid); waited += POLL_MS) {
    if (waited >= LONGEST_MS) {
      throw new SluiceError('TIMED_OUT', `The ${what} (process ${pid}) did not stop within ${LONGEST_MS / 1000} s.`, {
        hint: `The log is in ${home}/logs. kill -9 ${pid} ends the process; what was acknowledged is safe.`,
      });
    }
    await pause(POLL_MS);
  }
}

function askToStop(pid: number, what: 'server' | 'services'): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new SluiceError('UNAUTHORIZED', `Process ${pid}, which runs the ${what}, belongs to another user.`, {
      hint: 'Stop it as the user who started it.',
      cause,
    });
  }
}
