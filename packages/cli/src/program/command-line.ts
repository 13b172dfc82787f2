import { fileURLToPath } from 'node:url';
import { nodeFlags, programBeside } from '@sluice/core/process/programs';

const main = programBeside('../main', import.meta.url);

/** What Node is given to run `sluice` as a process of its own; the command's words follow. */
export const SLUICE: readonly string[] = [...nodeFlags(main), fileURLToPath(main)];
