import { SluiceError } from '@sluice/core/errors/sluice-error';
import { nearest } from '@sluice/core/lib/nearest';

/** Parameters that a URL may have and that decide how it is read. */
const TAKEN = [
  ...['host', 'hostaddr', 'port', 'dbname', 'user', 'password', 'passfile', 'ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'],
  ...['target_session_attrs', 'application_name', 'options', 'connect_timeout'],
];

/** Others of libpq, which change nothing of what is read, nor who may listen: providers put them into their URLs. */
const PASSED_OVER = [
  ...['channel_binding', 'client_encoding', 'fallback_application_name', 'gssencmode', 'gsslib', 'gssdelegation', 'krbsrvname', 'keepalives'],
  ...['keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout', 'load_balance_hosts', 'require_auth', 'sslcompression'],
  ...[
    'ssl_min_protocol_version',
    'ssl_max_protocol_version',
    'sslsni',
    'sslcertmode',
    'sslnegotiation',
    'min_protocol_version',
    'max_protocol_version',
  ],
];

/** A parameter that is mistyped, or another program's, would be passed over in silence: `sslmod=require` would encrypt nothing. */
export function expectKnownParameters(parameters: ReadonlyMap<string, string>): void {
  const unknown = [...parameters.keys()].find((name) => !TAKEN.includes(name) && !PASSED_OVER.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, TAKEN);
  throw new SluiceError('SOURCE_UNREACHABLE', `The URL of the source has the parameter "${unknown}", which is not known here.`, {
    hint: `${near.length > 0 ? `Did you mean ${near.join(' or ')}? Otherwise leave` : 'Leave'} it out: the known parameters are ${TAKEN.join(', ')}.`,
    lasting: true,
  });
}
