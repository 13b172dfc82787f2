import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isObject } from '@sluice/core/lib/json';

const DOCKER_HUB = 'https://index.docker.io/v1/';

/** The part of an image's name that is its registry; Docker Hub when there is none. */
function registryOf(name: string): string {
  const first = name.split('/')[0] ?? '';
  return name.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : DOCKER_HUB;
}

/**
 * What `docker login` has noted for the image's registry, as the engine wants it: as a header. Helpers that keep passwords elsewhere are
 * not asked.
 */
export function registryAuth(name: string, environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const folder = environment['DOCKER_CONFIG'] || join(homedir(), '.docker');
  const serveraddress = registryOf(name);
  try {
    const config: unknown = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    const auths = isObject(config) && isObject(config['auths']) ? config['auths'] : {};
    const entry = auths[serveraddress];
    const noted = isObject(entry) && typeof entry['auth'] === 'string' ? Buffer.from(entry['auth'], 'base64').toString() : '';
    const colon = noted.indexOf(':');
    if (colon < 0) return undefined;
    const auth = { username: noted.slice(0, colon), password: noted.slice(colon + 1), serveraddress };
    return Buffer.from(JSON.stringify(auth)).toString('base64url');
  } catch {
    return undefined;
  }
}
