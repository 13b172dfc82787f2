import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The folder of the dashboard's files, as they were built. */
export const pagesFolder = async () => fileURLToPath(new URL('./dist/pages', import.meta.url));

/** The page into which a board is put, to be kept as a file. */
export const boardFile = () => readFile(new URL('./dist/board.html', import.meta.url), 'utf8');
