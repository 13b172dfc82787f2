/** Rows were lost or doubled on the way: nothing is loaded. */
export const WRONG_COUNT = {
  hint: 'Nothing was loaded. If nobody wrote to the file while it was read, this is a fault in Sluice: please report it.',
};
