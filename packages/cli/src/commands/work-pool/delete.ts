import { poolName } from '../../change-work-pool.ts';
import { defineCommand } from '../../define-command.ts';
import { withWorkPool } from '../../find/work-pool.ts';
import { say } from '../../render/message.ts';
import { withClient } from '../../with-client.ts';

export const command = defineCommand({
  arguments: { name: poolName },
  examples: ['sluice work-pool delete cleanup-pool'],
  run: ({ args: { name }, globals }) =>
    withClient(globals, async (client) => {
      await withWorkPool(client, name, client.request('DELETE /work_pools/{name}', { params: { name } }));
      say(`Deleted work pool "${name}". Deployments that named it have no pool now.`);
    }),
});
