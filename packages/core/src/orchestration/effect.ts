/** What a written state brings about besides itself. Effects are data: nothing has happened until the door applies them, in the same transaction. */
export type Effect =
  /** The run holds its slots of pool, queue, deployment and worker from here on; under a claim with a new epoch and an expiry. */
  | { readonly kind: 'take-lease' }
  /** The run keeps its slot of the deployment as it begins to run, or has another one: while its client prolongs it, or until its end. */
  | { readonly kind: 'hold-deployment-slot' }
  /** Lease, its slots, and the tag slots of the run's tasks are free at once. */
  | { readonly kind: 'drop-lease' }
  /** Child runs are to be cancelled too. */
  | { readonly kind: 'cancel-children' }
  /** Task runs that are still open end, and so do subflows in the run's process, with theirs. */
  | { readonly kind: 'end-inside' }
  /** Results of tasks and child flow runs that are to be done again count no more. */
  | { readonly kind: 'throw-away' }
  /** The task run that stands for this flow run in its parent shows the same state. */
  | { readonly kind: 'mirror-on-parent-task'; readonly task_run_id: string }
  /** What a pause before this one was told under these keys counts no more. */
  | { readonly kind: 'forget-inputs'; readonly keys: readonly string[] }
  /** The written state is given to task runs that would compute the same. */
  | { readonly kind: 'keep-in-cache'; readonly cache_key: string; readonly cache_expiration: string | null }
  /** The task run holds a slot of each of its tags' limits. */
  | { readonly kind: 'take-tag-slots' }
  /** Slots that the task run holds are free at once. */
  | { readonly kind: 'free-tag-slots' };
