/** One thread writes and reads so many in a third of a second. */
const VALUES_OF_ONE = 4_000_000;

/**
 * Threads for work on so many values, rows times columns. One that has nothing to do asks for work without a pause, at a core: where the
 * work is small, or in one piece, two take a fifth more of the processor and are no faster.
 */
export const threadsFor = (values: number): 1 | 2 => (values > VALUES_OF_ONE ? 2 : 1);
