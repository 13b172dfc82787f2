import { createInterface } from 'node:readline/promises';

/** Asks on a terminal. Elsewhere there is nobody to ask, and whoever wrote the command has decided. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
