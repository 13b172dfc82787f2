/** What is said to the person, and not what they asked for: standard error, so that a pipe gets the data alone. */
export const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** The answer of a command that changes something. */
export const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
