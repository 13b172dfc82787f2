import { createClient } from '@sluice/client';
import type { MakeInfrastructure } from '../infrastructure.ts';
import { Containers } from './containers.ts';
import { DockerPlace } from './docker-place.ts';
import { Engine } from './engine.ts';
import { engineAddress } from './engine-address.ts';
import { startSweep } from './sweep.ts';

/** Runs are containers of an engine that serves Docker's API, one for each claim. */
export const dockerInfrastructure: MakeInfrastructure = (options, onNote) => {
  const { api, pool } = options;
  const containers = new Containers(new Engine(engineAddress(process.env)));
  const client = createClient({ apiUrl: api.api_url, apiKey: api.api_key, authString: api.auth_string, userAgent: 'sluice-worker' });
  const readPool = () => client.request('GET /work_pools/{name}', { params: { name: pool } });
  const followed = new Set<string>();
  const sweep = startSweep({ client, containers, followed, readPool, onNote });
  return {
    codeIs: 'there',
    start: (order) => new DockerPlace(order, { options, containers, followed, readPool }),
    close: () => {
      sweep.stop();
      containers.engine.close();
      void client.close();
    },
  };
};
