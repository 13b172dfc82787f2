/** The folder of the dashboard's files, as they were built. */
export declare const pagesFolder: () => Promise<string>;
