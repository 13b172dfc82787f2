import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';

/** Where the engine is, as Node's http takes it. */
export interface EngineAddress {
  /** For a sentence. */
  readonly name: string;
  readonly isTls: boolean;
  readonly options: {
    readonly socketPath?: string;
    readonly host?: string;
    readonly port?: number;
    readonly ca?: Buffer;
    readonly cert?: Buffer;
    readonly key?: Buffer;
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

const USUAL = 'unix:///var/run/docker.sock';

const wrong = (host: string, fault: string, cause?: unknown) =>
  new SluiceError('INVALID_SETTING', `DOCKER_HOST=${host} cannot be used: ${fault}.`, {
    hint: 'Write unix:///var/run/docker.sock or tcp://host:2376, or leave it out.',
    cause,
  });

/** By the variables that the `docker` command knows too: DOCKER_HOST, and with DOCKER_TLS_VERIFY the keys in DOCKER_CERT_PATH. */
export function engineAddress(environment: Environment): EngineAddress {
  const name = environment['DOCKER_HOST'] || USUAL;
  if (name.startsWith('unix://')) return { name, isTls: false, options: { socketPath: name.slice('unix://'.length) } };
  const url = URL.canParse(name) ? new URL(name) : undefined;
  if (!url?.hostname || !['tcp:', 'http:', 'https:'].includes(url.protocol)) throw wrong(name, 'a worker speaks to it by a socket, or by TCP');
  const isTls = Boolean(environment['DOCKER_TLS_VERIFY']) || url.protocol === 'https:';
  const port = Number(url.port || (isTls ? 2376 : 2375));
  return { name, isTls, options: { host: url.hostname, port, ...(isTls && keys(name, environment)) } };
}

function keys(name: string, environment: Environment) {
  const folder = environment['DOCKER_CERT_PATH'] || join(homedir(), '.docker');
  try {
    const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((file) => readFileSync(join(folder, file)));
    return { ca, cert, key } as { ca: Buffer; cert: Buffer; key: Buffer };
  } catch (error) {
    throw wrong(name, `its keys are not in DOCKER_CERT_PATH (${folder})`, error);
  }
}
