import { fileURLToPath } from 'node:url';

/** The folder of the dashboard's files, as they were built. */
export const pagesFolder = async () => fileURLToPath(new URL('./dist', import.meta.url));
