import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Host } from './host.ts';

/** Only root may make them. */
export const canMakeHosts = process.getuid?.() === 0 && process.platform === 'linux';
if (process.env['CI'] && !canMakeHosts) throw new Error('Hosts are made of network namespaces: run the tests as root.');

/** Addresses of the hosts. They are in namespaces of their own: nothing outside has a way there. */
const ADDRESS = '10.77.0.';

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });

/**
 * Hosts that share nothing but a network: each has its own network, mounts, processes, name, user and home. The switch between
 * them stands in a namespace too, so that a link can be cut there, as a cable is.
 */
export class Network implements AsyncDisposable {
  readonly #id = `sl${randomBytes(3).toString('hex')}`;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-machines-'));
  readonly #names: string[];
  readonly #hosts: Host[] = [];

  /** Makes the switch and a host for each name. They know each other by these names. */
  constructor(names: readonly string[]) {
    this.#names = [...names];
    chmodSync(this.#folder, 0o755);
    ip('netns', 'add', this.#id);
    ip('-n', this.#id, 'link', 'add', 'switch', 'type', 'bridge');
    ip('-n', this.#id, 'link', 'set', 'switch', 'up');
  }

  async host(name: string, options: { readonly hidden?: readonly string[] } = {}): Promise<Host> {
    const number = this.#names.indexOf(name) + 1;
    const space = `${this.#id}-${number}`;
    const port = `${this.#id}p${number}`;
    ip('netns', 'add', space);
    ip('-n', this.#id, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
    ip('-n', this.#id, 'link', 'set', port, 'master', 'switch');
    ip('-n', this.#id, 'link', 'set', port, 'up');
    ip('-n', space, 'addr', 'add', `${ADDRESS}${number}/24`, 'dev', 'eth0');
    for (const device of ['lo', 'eth0']) ip('-n', space, 'link', 'set', device, 'up');
    const uid = 7100 + number;
    const folder = join(this.#folder, name);
    for (const each of ['tmp', `home/${name}`, 'etc']) mkdirSync(join(folder, each), { recursive: true });
    chmodSync(join(folder, 'tmp'), 0o1777);
    chownSync(join(folder, 'home', name), uid, uid);
    const known = this.#names.map((each, index) => `${ADDRESS}${index + 1} ${each}`);
    writeFileSync(join(folder, 'etc', 'hosts'), ['127.0.0.1 localhost', ...known, ''].join('\n'));
    writeFileSync(join(folder, 'etc', 'passwd'), `root:x:0:0:root:/root:/bin/bash\n${name}:x:${uid}:${uid}::/home/${name}:/bin/bash\n`);
    const link = (state: 'up' | 'down') => void ip('-n', this.#id, 'link', 'set', port, state);
    const host = await Host.start({ name, space, folder, uid, link, hidden: options.hidden ?? [] });
    this.#hosts.push(host);
    return host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.powerOff()));
    for (const [index] of this.#names.entries()) this.#remove(`${this.#id}-${index + 1}`);
    this.#remove(this.#id);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #remove(space: string): void {
    try {
      ip('netns', 'del', space);
    } catch {
      // There was never a host of this name.
    }
  }
}
