const VARIABLE = 'SLUICE_SERVED_RUN';

/** A run that a process was started for, by one that serves its deployment. */
export interface AskedRun {
  /** `flow/deployment`. */
  readonly deployment: string;
  readonly flow_run_id: string;
  readonly epoch: number;
  readonly worker: string;
}

const text = process.env[VARIABLE];
// At once: a program that the flow starts is asked for nothing.
delete process.env[VARIABLE];

/** The run that this process was started for; undefined when it is nobody's child. */
export const askedRun: AskedRun | undefined = text === undefined ? undefined : (JSON.parse(text) as AskedRun);

/** The environment of a process that is started for a run. */
export const environmentFor = (run: AskedRun): NodeJS.ProcessEnv => ({ ...process.env, [VARIABLE]: JSON.stringify(run) });
