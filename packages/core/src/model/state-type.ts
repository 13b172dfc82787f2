/** The nine state types, in Prefect's words. Kept apart from the schemas so that the SDK and the CLI can read it without loading zod. */
export const STATE_TYPES = ['SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED', 'PAUSED', 'CANCELLING'] as const;

export type StateType = (typeof STATE_TYPES)[number];

/** No run leaves these on its own: FAILED is the user's code, CRASHED the infrastructure. */
export const FINAL_STATE_TYPES = ['COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED'] as const satisfies readonly StateType[];

/** Ends that somebody should look at. */
export const FAILED_STATE_TYPES = ['FAILED', 'CRASHED'] as const satisfies readonly StateType[];

/** Runs in these hold slots. */
export const ACTIVE_STATE_TYPES = ['PENDING', 'RUNNING', 'CANCELLING'] as const satisfies readonly StateType[];

export const isFinal = (type: StateType | null | undefined): boolean => (FINAL_STATE_TYPES as readonly unknown[]).includes(type);
export const isActive = (type: StateType | null | undefined): boolean => (ACTIVE_STATE_TYPES as readonly unknown[]).includes(type);
