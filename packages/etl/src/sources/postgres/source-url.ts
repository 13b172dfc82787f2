import { addressesOf } from '../../postgres/address/addresses.ts';
import { readLibpqUrl, withLogin } from '../../postgres/address/libpq-url.ts';
import { connectPostgres } from '../../postgres/connect.ts';
import { isPasswordNeeded } from '../../postgres/source-error.ts';
import type { SourceUrl } from '../source.ts';

/** A URL of PostgreSQL, as libpq reads it. */
export const postgresUrl: SourceUrl = { look: lookAtUrl, complete: completeUrl };

function lookAtUrl(text: string): ReturnType<SourceUrl['look']> {
  const url = readLibpqUrl(text);
  if (!url) return 'unreadable';
  return url.password === undefined ? 'without one' : 'with a password';
}

async function completeUrl(text: string, ask: Parameters<SourceUrl['complete']>[1]): Promise<string> {
  const { hosts } = addressesOf(text);
  const [first] = hosts;
  if (!first) return text;
  const { user, host, port, password } = first;
  if (hosts.some((each) => each.password !== password)) return withLogin(text, user, undefined);
  if (password !== undefined) return withLogin(text, user, password);
  return withLogin(text, user, (await wantsPassword(text)) ? await ask(`Password of ${user} at ${host}:${port}: `) : undefined);
}

/** A server that cannot be reached is told of by the job. */
async function wantsPassword(text: string): Promise<boolean> {
  try {
    await (await connectPostgres(text)).end();
    return false;
  } catch (error) {
    return isPasswordNeeded(error);
  }
}
