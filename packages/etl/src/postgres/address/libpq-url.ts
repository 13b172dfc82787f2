/** A URL of PostgreSQL as libpq reads it: several hosts, sockets and parameters, which the URL of the web knows nothing of. */
export interface LibpqUrl {
  readonly hosts: readonly { readonly host: string; readonly port: string }[];
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** `sslmode`, `target_session_attrs` and the like. */
  readonly parameters: ReadonlyMap<string, string>;
}

const WHOLE = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const HOST = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d*))?$/;

/** Undefined for a text that is not such a URL. */
export function readLibpqUrl(text: string): LibpqUrl | undefined {
  const [whole, login, authority = '', path, query = ''] = WHOLE.exec(text.trim()) ?? [];
  if (whole === undefined) return undefined;
  try {
    const parameters = new Map(query.split('&').flatMap((pair) => readPair(pair)));
    const hosts = readHosts(authority, parameters);
    const [user, password] = splitOnce(login ?? '', ':').map(decode);
    return hosts && { hosts, ...readLogin({ user, password, database: decode(path) }, parameters), parameters };
  } catch (error) {
    // A percent sign that begins no character.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

type Login = Pick<LibpqUrl, 'user' | 'password' | 'database'>;

/** Parameters overrule what stands before them. */
const readLogin = (login: Login, parameters: ReadonlyMap<string, string>): Login => ({
  user: parameters.get('user') ?? login.user,
  password: parameters.get('password') ?? login.password,
  database: parameters.get('dbname') ?? login.database,
});

function readHosts(authority: string, parameters: ReadonlyMap<string, string>): LibpqUrl['hosts'] | undefined {
  const given = parameters.get('host') ?? parameters.get('hostaddr');
  const found = authority.split(',').map((each) => HOST.exec(each));
  if (found.some((each) => each === null)) return undefined;
  const [names, ports] = [
    given?.split(',') ?? found.map((each) => decodeURIComponent(each?.[1]?.replace(/^\[(.*)\]$/, '$1') ?? '')),
    parameters.get('port')?.split(',') ?? found.map((each) => each?.[2] ?? ''),
  ];
  const hosts = names.map((host, index) => ({ host, port: (ports.length === 1 ? ports[0] : ports[index]) ?? '' }));
  return hosts.every(({ port }) => port === '' || isPort(port)) ? hosts : undefined;
}

const isPort = (text: string): boolean => /^\d+$/.test(text) && Number(text) > 0 && Number(text) <= 65_535;

function readPair(pair: string): [string, string][] {
  const [name = '', value = ''] = splitOnce(pair, '=').map((part) => decodeURIComponent(part));
  return name === '' ? [] : [[name, value]];
}

function splitOnce(text: string, sign: string): string[] {
  const at = text.indexOf(sign);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** What is empty has not been given. */
const decode = (text: string | undefined): string | undefined => (text ? decodeURIComponent(text) : undefined);

/** The URL with this user and password, and nothing else changed. */
export function withLogin(text: string, user: string, password: string | undefined): string {
  const [, scheme = '', rest = ''] = /^(postgres(?:ql)?:\/\/)(?:[^/?#]*@)?(.*)$/i.exec(text.trim()) ?? [];
  return `${scheme}${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@${rest}`;
}
