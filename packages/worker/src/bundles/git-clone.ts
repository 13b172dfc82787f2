import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import type { Pull } from '@sluice/core/process/pull-steps';
import { isOwnSecret } from '@sluice/core/settings/own-secrets';

type Git = NonNullable<Pull['git']>;

const LONGEST_MS = 10 * 60_000;
const KEPT = 4000;
const COMMIT = /^[0-9a-f]{40,64}$/;

/** The token goes by the environment: what stands on the command line every user of the machine can read. */
function environment({ tokenFrom }: Git): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !isOwnSecret(name));
  const env = { ...Object.fromEntries(own), GIT_TERMINAL_PROMPT: '0', GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file', LC_ALL: 'C' };
  if (tokenFrom === undefined) return env;
  const token = process.env[tokenFrom];
  if (!token) {
    throw new SluiceError('BUNDLE_UNUSABLE', `The token of its repository is not there: the worker has no variable ${tokenFrom}.`, {
      hint: `Set ${tokenFrom} where the worker is started.`,
    });
  }
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return { ...env, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}` };
}

async function git(how: Git, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn('git', args, { cwd, env: environment(how), stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_MS });
  let out = '';
  let said = '';
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-KEPT)));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const outcome = await ended.catch((error: Error) => error.message);
  if (outcome === 0) return out;
  const why = said.split('\n').find((line) => /^(fatal|error):/.test(line)) ?? `git ended with ${outcome}`;
  throw failed(how, why.replace(/^(fatal|error): /, ''));
}

const failed = ({ repository }: Git, why: string) =>
  new SluiceError('BUNDLE_UNUSABLE', `Its repository ${withoutPassword(repository)} cannot be read: ${withoutPassword(why)}.`, {
    hint: 'Try git ls-remote with it on the worker’s machine. A private one needs a token: deploy(…, { pull: { git: { tokenFrom: "NAME" } } }).',
  });

const withoutPassword = (text: string) => text.replaceAll(/(\w+:\/\/)[^/\s@]+@/g, '$1…@');

/** The commit that is meant: the one that is named, or the newest one of the branch. */
export async function findCommit(how: Git, cwd: string): Promise<string> {
  const { repository, branch, commit } = how;
  if (commit !== undefined) {
    if (COMMIT.test(commit)) return commit;
    throw failed(how, `"${commit}" is not the whole name of a commit`);
  }
  const ref = branch === undefined ? 'HEAD' : `refs/heads/${branch}`;
  const found = (await git(how, ['ls-remote', '--', repository, ref], cwd)).split(/\s/)[0] ?? '';
  if (COMMIT.test(found)) return found;
  throw failed(how, branch === undefined ? 'it is empty' : `it has no branch "${branch}"`);
}

/** The files of a commit, without the history. */
export async function checkOut(how: Git, commit: string, folder: string): Promise<void> {
  await git(how, ['init', '--quiet'], folder);
  await git(how, ['fetch', '--quiet', '--depth', '1', '--', how.repository, commit], folder);
  await git(how, ['-c', 'advice.detachedHead=false', 'checkout', '--quiet', 'FETCH_HEAD'], folder);
  await rm(join(folder, '.git'), { recursive: true, force: true });
}
