import type { Client } from '@sluice/client';
import { isSluiceError, SluiceError } from '@sluice/core/errors/sluice-error';
import type { TagConcurrencyLimit } from '@sluice/core/model/concurrency-limit';
import type { WorkPool } from '@sluice/core/model/work-pool';
import type { Settings } from '@sluice/core/settings/settings';
import { isKnownType, KNOWN_TYPES } from '@sluice/worker/pool-types';

/** The type of a pool that is made. */
const TYPE = 'process';

export interface SetUp {
  readonly work_pool: WorkPool;
  readonly concurrency_limit: TagConcurrencyLimit;
}

type Wanted = Pick<Settings, 'work_pool' | 'concurrency_tag' | 'concurrency_limit'>;

/** Makes the work pool and the tag's limit of the settings, and reads both back. When done again, it only changes the limit. */
export async function setUp(
  client: Client,
  { work_pool: name, concurrency_tag: tag, concurrency_limit }: Wanted,
  say: (text: string) => void,
): Promise<SetUp> {
  await client.request('POST /work_pools/', { body: { name, type: TYPE } }).catch((error: unknown) => {
    if (!isSluiceError(error) || error.code !== 'CONFLICT') throw error;
  });
  const pool = await client.request('GET /work_pools/{name}', { params: { name } });
  if (!isKnownType(pool.type)) {
    throw new SluiceError('CONFLICT', `The work pool "${name}" is of type ${pool.type}; Sluice's workers run ${KNOWN_TYPES}.`, {
      hint: 'Name another one in SLUICE_WORK_POOL.',
    });
  }
  say(`✅ Work pool: ${pool.name} (type ${pool.type})`);
  await client.request('POST /concurrency_limits/', { body: { tag, concurrency_limit } });
  const limit = await client.request('GET /concurrency_limits/tag/{tag}', { params: { tag } });
  if (limit.concurrency_limit !== concurrency_limit) {
    throw new SluiceError(
      'CONFLICT',
      `The limit of the tag "${tag}" is ${limit.concurrency_limit}, not ${concurrency_limit}: somebody else sets it too.`,
      { hint: 'Run sluice setup again, or leave the limit as it is.' },
    );
  }
  say(`✅ Concurrency limit: tag "${limit.tag}" = ${limit.concurrency_limit}`);
  return { work_pool: pool, concurrency_limit: limit };
}
