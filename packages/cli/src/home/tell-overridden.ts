import { say } from '../render/message.ts';

/** What is in config.env counts only where the environment does not say otherwise. */
export function tellOverridden(names: Iterable<string>): void {
  for (const name of names) if (process.env[name] !== undefined) say(`${name} is also set in the environment, and that value counts.`);
}
