/** Log lines of one page. They are short, and a log is read whole, so that there may be more of them than of other records. */
export const MAX_LINES = 2000;
