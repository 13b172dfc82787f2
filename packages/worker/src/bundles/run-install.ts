import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { isOwnSecret } from '@sluice/core/settings/own-secrets';
import { isSourceVariable } from '@sluice/core/settings/source-variable';

/** A registry that is there answers sooner; npm alone would wait for minutes. */
const PATIENCE = {
  npm_config_update_notifier: 'false',
  npm_config_fetch_retries: '1',
  npm_config_fetch_timeout: '20000',
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '5000',
};
const LONGEST_MS = 15 * 60_000;
const KEPT = 20_000;

/** Without what opens the server or a source: scripts of packages may run when a project lets them. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !isOwnSecret(name) && !isSourceVariable(name));
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return { ...PATIENCE, ...Object.fromEntries(own), PATH: path };
}

/** Installs packages in a folder, and fails in one sentence. */
export async function runInstall(command: readonly string[], folder: string): Promise<void> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_MS });
  let said = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-KEPT)));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const how = await ended.catch((error: Error) => error.message);
  if (how === 0) return;
  throw new SluiceError(
    'BUNDLE_UNUSABLE',
    `Its packages cannot be installed: ${command.slice(0, 2).join(' ')} ended with ${how}: ${reasonIn(said)}`,
    {
      hint: hintFor(said),
    },
  );
}

/** npm's first line that says what happened, behind those with codes. */
function reasonIn(said: string): string {
  const lines = said.split('\n').map((line) => line.replace(/^npm (?:error|ERR!) ?/, '').trim());
  const telling = lines.find((line) => line !== '' && !/^(code|errno|syscall|path|network|A complete log)\b/.test(line));
  return (telling ?? 'it said nothing').slice(0, 500);
}

function hintFor(said: string): string {
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EHOSTUNREACH|ENOTCACHED|FETCH_ERROR|fetch failed/i.test(said))
    return 'The registry does not answer: set npm_config_registry for the worker, or bring the packages along by "bundleDependencies": true in package.json.';
  if (/ENOSPC/.test(said)) return 'Its disk is full: make room below the worker’s SLUICE_HOME, or lower SLUICE_BUNDLE_CACHE_MB.';
  if (/in sync/.test(said)) return 'Run npm install in the project, and deploy again with the lock file that it writes.';
  return 'Try the same command in the project. package.json can name another one: "sluice": { "install": "…" }.';
}
