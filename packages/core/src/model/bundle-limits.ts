/** The largest limit of a bundle that can be set, in MB. */
export const MOST_BUNDLE_MB = 2000;
