import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { defineCommand } from '../program/define-command.ts';
import { output } from '../program/options.ts';
import { readVersion } from '../program/own-version.ts';
import { withClient } from '../program/with-client.ts';
import { column } from '../render/column.ts';
import { printRecord } from '../render/print.ts';

interface Versions {
  readonly sluice: string;
  readonly node: string;
  readonly platform: string;
  readonly api_url: string;
  /** Null: it does not answer. */
  readonly server: string | null;
}

const FIELDS = [
  column<Versions>('Sluice', ({ sluice }) => sluice),
  column<Versions>('Node', ({ node }) => node),
  column<Versions>('Platform', ({ platform }) => platform),
  column<Versions>('API', ({ api_url }) => api_url),
  column<Versions>('Server', ({ server }) => server ?? 'does not answer'),
];

export const command = defineCommand({
  options: { output },
  examples: ['sluice version', 'sluice version -o json'],
  run: ({ options, globals }) =>
    withClient(globals, async (client, { api_url }) => {
      const server = await client
        .capabilities()
        .then(async ({ ourRoutes }) =>
          ourRoutes ? (await client.request('GET /admin/status')).sluice_version : `Prefect ${await client.request('GET /admin/version')}`,
        )
        .catch((error: unknown) => {
          if (isSluiceError(error)) return null;
          throw error;
        });
      const { node } = process.versions;
      const versions = { sluice: readVersion(), node, platform: `${process.platform} ${process.arch}`, api_url, server };
      await printRecord(versions, FIELDS, options.output);
    }),
});
