/** What a list shows of a source's URL: never who logs in, or with what. */
export interface ShownParts {
  readonly kind: string;
  readonly host: string | null;
  readonly database: string | null;
}

const WHOLE = /^([a-z][a-z\d+.-]*):\/\/(?:[^/?#]*@)?([^/?#@]*)(?:\/([^?#@]*))?(?:\?([^#@]*))?$/i;
const HOSTS = /^(?:[\w.-]+|\[[\da-f:.]+\]|%2f[\w.%-]+)?(?::\d*)?(?:,(?:[\w.-]+|\[[\da-f:.]+\])?(?::\d*)?)*$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a URL has none
const CONTROL = /[\u0000-\u0020\u007f]/;

/**
 * Undefined for a text that is not surely a URL. A password with a sign that is not percent-encoded would be cut in two, and a half of it
 * shown as a host.
 */
export function shownParts(url: string): ShownParts | undefined {
  const [whole, kind = '', hosts = '', path, query = ''] = WHOLE.exec(url) ?? [];
  if (whole === undefined || CONTROL.test(url) || !HOSTS.test(hosts)) return undefined;
  try {
    const parameters = new Map(query.split('&').map((pair) => splitPair(pair)));
    const host = parameters.get('host') ?? parameters.get('hostaddr') ?? decodeURIComponent(hosts);
    const database = parameters.get('dbname') ?? (path === undefined ? '' : decodeURIComponent(path));
    return { kind: kind.toLowerCase().replace(/^postgresql$/, 'postgres'), host: host || null, database: database || null };
  } catch {
    return undefined;
  }
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [decodeURIComponent(pair), ''] : [decodeURIComponent(pair.slice(0, at)), decodeURIComponent(pair.slice(at + 1))];
}
