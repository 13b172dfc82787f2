/** Rows were lost or doubled on the way: nothing is loaded. */
export const WRONG_COUNT = { hint: 'Nothing was loaded. Was the file written while it was read? Else this is a fault in Sluice: please report it.' };
