import { z } from 'zod';

const size = z.number().min(0);
const text = z.string();

/** Everything that a worker takes from a flow process. Anything else is ignored. */
export const FromFlowProcess = z.discriminatedUnion('type', [
  /** The SDK is there; a process that is ready starts a run without loading anything but the user's code. */
  z.strictObject({ type: z.literal('ready') }),
  /** The user's code is there. `files` are those of the project, each with the time of its last change as it was read: when one changes, the process is stale. */
  z.strictObject({ type: z.literal('loaded'), entrypoint: text, files: z.array(z.tuple([text, z.number()]).readonly()).readonly() }),
  /** Its flow has hooks for states of these types: its worker has them called when the process itself cannot any more. */
  z.strictObject({ type: z.literal('hooks'), entrypoint: text, state_types: z.array(text).readonly() }),
  /** The user's code cannot be loaded. Its run gets the reason; the worker learns that this process is of no use to others. */
  z.strictObject({ type: z.literal('unloadable'), entrypoint: text }),
  /** The code was changed while it was loaded, or failed to load before the run was there: the run has not begun, and needs another process. */
  z.strictObject({ type: z.literal('stale') }),
  /**
   * Something has until then, in milliseconds of the monotonic clock; null: it has ended. A process that does not turn cannot keep the
   * time itself. What is not the run itself (a task, a subflow) may fail while the run goes on. A task that is named may be tried again
   * although nobody of this process can say so any more.
   */
  z.strictObject({
    type: z.literal('deadline'),
    id: size,
    at_ms: size.nullable(),
    message: text,
    is_run: z.boolean(),
    task_run_id: z.uuid().optional(),
  }),
  /** Asked to tell: the run does nothing but wait. */
  z.strictObject({ type: z.literal('asleep') }),
  /** The run is about to give its lease back, and has to tell the server more after that; or it does not, after all. */
  z.strictObject({ type: z.literal('leaving'), is_leaving: z.boolean() }),
  /** A state that ends this process's work is durable. */
  z.strictObject({ type: z.literal('finished'), state_type: text }),
  /** The process was told to stay, and waits for another run. */
  z.strictObject({ type: z.literal('free'), rss_mb: size }),
  z.strictObject({ type: z.literal('pong') }),
  /** Why the process is about to end, though its run has not: of an error that nobody caught, or that its code called for its end. */
  z.strictObject({ type: z.literal('dying'), reason: text, is_exit: z.boolean() }),
]);
