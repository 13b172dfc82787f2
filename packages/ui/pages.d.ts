/** The folder of the dashboard's files, as they were built. */
export declare const pagesFolder: () => Promise<string>;
/** The page into which a board is put, to be kept as a file: `<!--board-->` stands where its JSON goes. */
export declare const boardFile: () => Promise<string>;
