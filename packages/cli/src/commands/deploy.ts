import { dirname, resolve } from 'node:path';
import type { Settings } from '@sluice/core/settings/settings';
import { cliSettings } from '../home/settings.ts';
import { defineCommand } from '../program/define-command.ts';
import { type Format, flag, output, text } from '../program/options.ts';
import { withClient } from '../program/with-client.ts';
import type { PackOptions } from '../project/bundle.ts';
import { BUNDLE_FILES } from '../render/bundle-columns.ts';
import { say, tell } from '../render/message.ts';
import { isJson, printList } from '../render/print.ts';

export const command = defineCommand({
  options: {
    config: text('--config <file>', 'The configuration; when left out, the nearest sluice.config.ts: here, in the folder flows, or above'),
    pool: text('-p, --pool <name>', 'Work pool of deployments that name none; the setting SLUICE_WORK_POOL when left out'),
    dryRun: flag('--dry-run', 'List the files that would be packed, and deploy nothing'),
    output,
  },
  examples: ['sluice deploy', 'sluice deploy --dry-run', 'sluice deploy --config flows/sluice.config.ts --pool etl-pool'],
  run: async ({ options, globals }) => {
    if (options.dryRun) return listFiles(options, packOptions((await cliSettings(globals)).values));
    return withClient(globals, async (client, settings) => {
      const { deployProject } = await import('../project/deploy-project.ts');
      const project = { root: process.cwd(), config: options.config, pool: options.pool ?? settings.work_pool, pack: packOptions(settings) };
      const json = isJson(options.output);
      const deployed = await deployProject(client, project, json ? () => {} : say);
      if (json) await printList(deployed, [], options.output);
    });
  },
});

const packOptions = ({ bundle_mb: mostMb, home }: Pick<Settings, 'bundle_mb' | 'home'>): PackOptions => ({ mostMb, home });

/** What would travel, without a server. */
async function listFiles({ config, output: format }: { config: string | undefined; output: Format | undefined }, pack: PackOptions): Promise<void> {
  const [{ packAround, packedText }, { findConfigFile }] = await Promise.all([import('../project/bundle.ts'), import('../find/config-file.ts')]);
  const packed = await packAround(dirname(resolve(config ?? findConfigFile(process.cwd()))), pack);
  const files = packed.files.map(({ path, stats }) => ({ path, bytes: stats.size }));
  await printList(files, BUNDLE_FILES, format);
  tell(packedText(packed));
}
