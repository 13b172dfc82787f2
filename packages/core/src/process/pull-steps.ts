import { isObject } from '../lib/json.ts';

export const GIT_CLONE = 'prefect.deployments.steps.git_clone';
export const WORKING_DIRECTORY = 'prefect.deployments.steps.set_working_directory';

export type PullStep = { readonly [step: string]: { readonly [input: string]: string } };

/** Where code is that does not travel as a bundle: a commit of a repository, or a folder that is there already. */
export interface Pull {
  readonly git: {
    readonly repository: string;
    readonly branch: string | undefined;
    readonly commit: string | undefined;
    /** The variable that holds the token. */
    readonly tokenFrom: string | undefined;
  } | null;
  /** In the repository when there is one. */
  readonly directory: string | null;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const VARIABLE = /^\{\{\s*\$(\w+)\s*\}\}$/;

/** What the pull steps of a deployment ask for, or why they cannot be followed. Those of Prefect that Sluice knows are two. */
export function readPullSteps(steps: readonly unknown[]): Pull | string {
  let git: Pull['git'] = null;
  let directory: string | null = null;
  for (const step of steps) {
    const [name = 'nothing', inputs] = isObject(step) ? (Object.entries(step)[0] ?? []) : [];
    const given = isObject(inputs) ? inputs : {};
    if (name === WORKING_DIRECTORY && text(given['directory'])) directory = text(given['directory']) as string;
    else if (name === GIT_CLONE && text(given['repository'])) {
      const token = text(given['access_token']);
      const tokenFrom = token && VARIABLE.exec(token)?.[1];
      if (token && !tokenFrom) return 'Its pull step git_clone names a token that is no variable: write "{{ $NAME }}", and set NAME for the worker.';
      git = { repository: text(given['repository']) as string, branch: text(given['branch']), commit: text(given['commit_sha']), tokenFrom };
    } else return `Its deployment has a pull step that this worker does not know: ${name}. It knows git_clone and set_working_directory.`;
  }
  if (git && directory !== null && (directory.startsWith('/') || directory.split('/').includes('..')))
    return `Its pull steps lead out of the repository: ${directory}.`;
  return { git, directory };
}
