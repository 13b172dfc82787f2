import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the server of this home listens, when one runs: it may have taken another port than the default. */
export function homeServerUrl(home: string): string | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { pid: number; url: string | null };
    process.kill(pid, 0); // throws when that process is gone
    return url ?? undefined;
  } catch {
    return undefined;
  }
}
