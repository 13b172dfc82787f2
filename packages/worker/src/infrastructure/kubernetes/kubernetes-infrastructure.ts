import { createClient } from '@sluice/client';
import { uuidv7 } from 'uuidv7';
import type { MakeInfrastructure } from '../infrastructure.ts';
import { Cluster } from './cluster.ts';
import { KubernetesPlace } from './kubernetes-place.ts';
import { startSweep } from './sweep.ts';

/** Runs are Jobs of a cluster, one for each claim, each in a pod of its own, which keeps its run's lease itself. */
export const kubernetesInfrastructure: MakeInfrastructure = async (options, onNote) => {
  const { api, pool } = options;
  const client = createClient({ apiUrl: api.api_url, apiKey: api.api_key, authString: api.auth_string, userAgent: 'sluice-worker' });
  const readPool = () => client.request('GET /work_pools/{name}', { params: { name: pool } });
  const cluster = new Cluster(uuidv7(), onNote);
  await cluster.namespace(); // without a cluster it takes no runs
  const sweep = startSweep({ client, cluster, readPool, onNote });
  return {
    codeIs: 'there',
    start: (order) => new KubernetesPlace(order, { options, cluster, readPool }),
    close: () => {
      sweep.stop();
      cluster.close();
      void client.close();
    },
  };
};
