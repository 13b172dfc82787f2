import { isObject } from '@sluice/core/lib/json';
import { GIT_CLONE, type PullStep, WORKING_DIRECTORY } from '@sluice/core/process/pull-steps';

export interface GitPull {
  /** Its URL, as `git clone` takes it, without a password. */
  readonly repository: string;
  /** The newest commit of this branch, looked up when a run starts; the repository's own branch when neither is given. */
  readonly branch?: string;
  /** This commit alone, by its whole name. */
  readonly commit?: string;
  /** The variable of the worker's environment that holds a token for the repository. */
  readonly tokenFrom?: string;
  /** The folder in it that entrypoints are relative to. */
  readonly folder?: string;
}

/** Where workers find the code that does not travel with the deployment: in a repository, or in a folder where it stands already. */
export type PullOptions = { readonly git: GitPull } | { readonly path: string };

const isText = (value: unknown): boolean => value === undefined || (typeof value === 'string' && value !== '' && !value.includes('\0'));
const GIT = ['repository', 'branch', 'commit', 'tokenFrom', 'folder'];

export const pullRule = {
  takes: '{ path } or { git: { repository, branch, commit, tokenFrom, folder } }, of texts',
  fits: (value: unknown): boolean => {
    if (!isObject(value)) return false;
    const { git, path, ...others } = value;
    if (Object.keys(others).length > 0 || (git === undefined) === (path === undefined)) return false;
    if (!isObject(git)) return git === undefined && isText(path);
    return git['repository'] !== undefined && Object.entries(git).every(([name, text]) => GIT.includes(name) && isText(text));
  },
};

/** The same in Prefect's words. */
export function pullSteps(pull: PullOptions): PullStep[] {
  if ('path' in pull) return [{ [WORKING_DIRECTORY]: { directory: pull.path } }];
  const { repository, branch, commit, tokenFrom, folder } = pull.git;
  const clone = {
    repository,
    ...(branch && { branch }),
    ...(commit && { commit_sha: commit }),
    ...(tokenFrom && { access_token: `{{ $${tokenFrom} }}` }),
  };
  return [{ [GIT_CLONE]: clone }, ...(folder ? [{ [WORKING_DIRECTORY]: { directory: folder } }] : [])];
}
