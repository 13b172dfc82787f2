import { z } from 'zod';

/*
 * How a program without a worker, in a container or a pod, learns which run is its own. The server and the run's token stand
 * in the variables that every flow has; these are for the program alone, and user code does not find them.
 */

export interface OwnClaim {
  readonly api_url: string;
  /** Undefined when the server asks for no key. */
  readonly token: string | undefined;
  readonly flow_run_id: string;
  readonly epoch: number;
  /** The lease lasts so long from the start of the program, until the server has answered it. */
  readonly lease_seconds: number;
  /** Folder of the project; undefined: that in which the program is started. */
  readonly path: string | undefined;
  readonly entrypoint: string;
  readonly worker_name: string | undefined;
}

const number = (schema: z.ZodNumber) => z.preprocess((text) => (text === undefined || text === '' ? undefined : Number(text)), schema);

const SHARED = { api_url: 'SLUICE_API_URL', token: 'SLUICE_API_KEY' } as const;
const OWN = {
  flow_run_id: 'SLUICE_CLAIM_FLOW_RUN',
  epoch: 'SLUICE_CLAIM_EPOCH',
  lease_seconds: 'SLUICE_CLAIM_LEASE_SECONDS',
  path: 'SLUICE_CLAIM_PATH',
  entrypoint: 'SLUICE_CLAIM_ENTRYPOINT',
  worker_name: 'SLUICE_CLAIM_WORKER',
} as const;
const NAMES: { readonly [F in keyof OwnClaim]: string } = { ...SHARED, ...OWN };

const Claim = z.object({
  api_url: z.string().regex(/^https?:\/\//, 'write a URL'),
  token: z.string().optional(),
  flow_run_id: z.uuid(),
  epoch: number(z.number().int().min(1)),
  lease_seconds: number(z.number().positive()),
  path: z.string().optional(),
  entrypoint: z.string().min(1),
  worker_name: z.string().optional(),
});

/** What a place sets in the environment of the program. */
export const claimEnvironment = (claim: OwnClaim): Record<string, string> =>
  Object.fromEntries(
    Object.entries(NAMES).flatMap(([field, name]) => {
      const value = claim[field as keyof OwnClaim];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );

/** Those of them that are for the program alone. */
export const OWN_VARIABLES: readonly string[] = Object.values(OWN);

/** The claim, or why the environment holds none. */
export function readClaim(environment: { readonly [name: string]: string | undefined }): OwnClaim | string {
  const texts = Object.fromEntries(Object.entries(NAMES).map(([field, name]) => [field, environment[name]]));
  const { data, error } = Claim.safeParse(texts);
  if (data) return { ...data, token: data.token, path: data.path, worker_name: data.worker_name };
  const faults = error.issues.map(({ path: [field], message }) => {
    const name = NAMES[field as keyof OwnClaim];
    return environment[name] === undefined ? `${name} is not set` : `${name}: ${message}`;
  });
  return `The environment holds no claim of a flow run: ${faults.join('; ')}.`;
}
