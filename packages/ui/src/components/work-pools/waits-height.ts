/** Of the picture of waits, and of the place for it while it is loaded. */
export const WAITS_HEIGHT = 190;
