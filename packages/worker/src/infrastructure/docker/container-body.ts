import type { DockerJob } from '@sluice/core/process/docker-template';
import type { Labels } from './labels.ts';

interface Parts {
  readonly job: DockerJob;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Labels;
  readonly command: readonly string[];
}

/** A container sees its machine's loopback only when it is in its machine's network. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const HOST_NAME = 'host.docker.internal';

/** Where the server is, as seen from the container. */
export function apiUrlFor({ network_mode }: Pick<DockerJob, 'network_mode'>, apiUrl: string): string {
  const url = new URL(apiUrl);
  if (network_mode === 'host' || !LOOPBACK.test(url.hostname)) return apiUrl;
  url.hostname = HOST_NAME;
  return url.href.replace(/\/$/, '');
}

/** What the engine is asked to make. */
export function containerBody({ job, env, labels, command }: Parts): object {
  const { image, networks, network_mode, volumes, mem_limit, memswap_limit, cpu_limit, privileged } = job;
  const [network] = networks;
  const mode = network_mode ?? network;
  return {
    Image: image,
    Entrypoint: command,
    Cmd: [],
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    Labels: labels,
    HostConfig: {
      ...(mode && { NetworkMode: mode }),
      ...(network_mode !== 'host' && { ExtraHosts: [`${HOST_NAME}:host-gateway`] }),
      ...(volumes.length > 0 && { Binds: volumes }),
      ...(mem_limit && { Memory: mem_limit, MemorySwap: Math.max(mem_limit, memswap_limit ?? mem_limit) }),
      ...(cpu_limit && { NanoCpus: Math.round(cpu_limit * 1e9) }),
      ...(privileged ? { Privileged: true } : { SecurityOpt: ['no-new-privileges'] }),
    },
    ...(network && { NetworkingConfig: { EndpointsConfig: { [network]: {} } } }),
  };
}
