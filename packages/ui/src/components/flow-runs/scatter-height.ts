/** Of the picture of runs, and of the place for it while it is loaded. */
export const SCATTER_HEIGHT = 150;
