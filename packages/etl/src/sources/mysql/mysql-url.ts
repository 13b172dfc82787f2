import { isSluiceError } from '@sluice/core/errors/sluice-error';
import type { SourceUrl } from '../source.ts';
import { mysqlAddress, readMysqlUrl } from './address.ts';
import { withSession } from './session.ts';

/** A URL of MySQL or MariaDB. */
export const mysqlUrl: SourceUrl = { look, complete };

function look(text: string): ReturnType<SourceUrl['look']> {
  const url = readMysqlUrl(text);
  if (!url) return 'unreadable';
  return url.password === '' ? 'without one' : 'with a password';
}

async function complete(text: string, ask: Parameters<SourceUrl['complete']>[1]): Promise<string> {
  const address = mysqlAddress(text);
  const { user, host, port } = address;
  const password = address.password ?? ((await wantsPassword(text)) ? await ask(`Password of ${user} at ${host}:${port}: `) : undefined);
  const url = new URL(text);
  url.username = encodeURIComponent(user);
  url.password = password === undefined ? '' : encodeURIComponent(password);
  return url.href;
}

/** A server that cannot be reached is told of by the job. */
async function wantsPassword(text: string): Promise<boolean> {
  try {
    await withSession(mysqlAddress(text), new AbortController().signal, () => Promise.resolve());
    return false;
  } catch (error) {
    return isSluiceError(error) && /does not let/.test(error.message);
  }
}
