import { z } from 'zod';
import type { Pull } from './pull-steps.ts';

/*
 * How a container or a pod learns where the code of its run is: beside the claim in its environment, and for the program that finds the
 * code alone. It holds no secret.
 */

const Git = z.object({
  repository: z.string(),
  branch: z.string().optional(),
  commit: z.string().optional(),
  tokenFrom: z.string().optional(),
});

const Code = z.object({
  /** The folder that it was deployed from; a container may have it too. */
  path: z.string().nullable(),
  bundle: z.object({ name: z.string(), folder: z.string().nullable() }).nullable(),
  pull: z.object({ git: Git.nullable(), directory: z.string().nullable() }).nullable(),
  heap_mb: z.number().positive().optional(),
  memory_mb: z.number().positive().optional(),
});

export interface ClaimCode {
  readonly path: string | null;
  /** The bundle that the run was made with, and the folder in it from which the entrypoint counts. */
  readonly bundle: { readonly name: string; readonly folder: string | null } | null;
  /** Where it is when it does not travel. */
  readonly pull: Pull | null;
  readonly heap_mb: number | undefined;
  /** What the place lets it have, for the sentence that says so. */
  readonly memory_mb: number | undefined;
}

export const CODE_VARIABLE = 'SLUICE_CLAIM_CODE';

/** What a place sets in the environment of the program. */
export const codeEnvironment = (code: ClaimCode): Record<string, string> => ({ [CODE_VARIABLE]: JSON.stringify(code) });

/** The code of the claim, or why the environment names none. */
export function readClaimCode(environment: { readonly [name: string]: string | undefined }): ClaimCode | string {
  const text = environment[CODE_VARIABLE];
  if (text === undefined) return `The environment names no code of a flow run: ${CODE_VARIABLE} is not set.`;
  const { data } = Code.safeParse(parsed(text));
  if (!data) return `The environment names no code of a flow run: ${CODE_VARIABLE} cannot be read.`;
  const git = data.pull?.git;
  const known = git && { repository: git.repository, branch: git.branch, commit: git.commit, tokenFrom: git.tokenFrom };
  return { ...data, pull: data.pull && { git: known ?? null, directory: data.pull.directory }, heap_mb: data.heap_mb, memory_mb: data.memory_mb };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
