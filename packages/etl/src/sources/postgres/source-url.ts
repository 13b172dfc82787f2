import { addressesOf } from './address/addresses.ts';
import { readLibpqUrl, withLogin } from './address/libpq-url.ts';
import { connectPostgres } from './connect.ts';
import { isPasswordNeeded } from './source-error.ts';

/** Whether a text is a URL of PostgreSQL, and whether a password stands in it. */
export function lookAtUrl(text: string): 'unreadable' | 'with a password' | 'without one' {
  const url = readLibpqUrl(text);
  if (!url) return 'unreadable';
  return url.password === undefined ? 'without one' : 'with a password';
}

/**
 * A URL as workers need it, whose environment may be another: with the user, and with the password where one is needed. What the
 * environment and the password file say is taken first; only a server that asks for a password makes us `ask` for one.
 */
export async function completeUrl(text: string, ask: (question: string) => Promise<string | undefined>): Promise<string> {
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
