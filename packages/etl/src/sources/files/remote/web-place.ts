import { SluiceError } from '@sluice/core/errors/sluice-error';
import { expectSettings } from '@sluice/sdk';
import { remoteFault, showUrl } from '../../../names/remote-url.ts';
import { nameAndKind } from '../file-kinds.ts';
import { encodePath, type Place } from './place.ts';

/** Files of a web server: those that somebody names, for it lists none. The URL may have a user, a password and a signature. */
export function webPlace(address: string): Place {
  const { base, only, whole, headers: login } = readAddress(address);
  const fault = plainFault(base);
  if (fault !== null)
    throw new SluiceError('USAGE', fault, { hint: `Use https://, or allow this host by SLUICE_PLAIN_HTTP_HOSTS=${base.hostname}.`, lasting: true });
  const urlOf = (path: string): URL => {
    if (path === only) return whole;
    return Object.assign(new URL(encodePath(path), base), { search: base.search });
  };
  return {
    show: (path) => showUrl(urlOf(path)),
    request: (path, headers) => Promise.resolve({ url: urlOf(path), headers: { ...headers, ...login } }),
    redirect: (from, to) => {
      if (to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')) return plainFault(to);
      return `it is sent on from ${from.protocol}// to ${to.protocol}//`;
    },
    refused: 'Look at its rights. A user and a password, or a signature, are a part of the URL that sluice source set NAME keeps.',
    list: () => Promise.resolve(only === undefined ? null : [{ path: only, bytes: null }]),
  };
}

function readAddress(address: string) {
  const fault = remoteFault(address);
  if (fault) throw new SluiceError('SOURCE_UNREACHABLE', fault.message, { hint: fault.hint, lasting: true });
  const whole = new URL(address);
  const { username, password } = whole;
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const headers: Record<string, string> = username || password ? { authorization: `Basic ${login}` } : {};
  Object.assign(whole, { username: '', password: '', hash: '' });
  const file = fileOf(whole);
  const base = new URL(whole);
  if (file !== undefined) base.pathname = base.pathname.slice(0, base.pathname.lastIndexOf('/') + 1);
  else if (!base.pathname.endsWith('/')) base.pathname += '/';
  return { base, only: file, whole, headers };
}

/** The file that a URL names by its ending, and not a folder. */
function fileOf({ pathname }: URL): string | undefined {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    const name = decodeURIComponent(last);
    return name !== '' && 'kind' in nameAndKind(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whoever listens between here and there could change what comes over http://, and read a password. */
function plainFault({ protocol, hostname }: URL): string | null {
  if (protocol !== 'http:' || LOOPBACK.test(hostname) || expectSettings().plain_http_hosts.includes(hostname)) return null;
  return `http:// encrypts nothing, and ${hostname} is another machine.`;
}
