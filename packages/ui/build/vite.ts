import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from '@sluice/core/errors/sluice-error';

/** Builds by one configuration into a folder, in a process of its own: what builds needs more memory than a server. */
export async function runVite(ui: string, config: string, folder: string): Promise<void> {
  const vite = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin/vite.js');
  const child = spawn(process.execPath, [vite, 'build', '--config', join(ui, config), '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: ui,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data));
  const [code] = await once(child, 'exit');
  if (code === 0) return;
  throw new SluiceError('INTERNAL', `The dashboard could not be built: ${said.trim()}`, { hint: 'Run npm ci in the clone, and start again.' });
}
