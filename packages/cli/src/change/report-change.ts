import type { Format } from '../program/options.ts';
import { say } from '../render/message.ts';
import { isJson, printRecord } from '../render/print.ts';

/** The answer of a command that changes a record: what was done, or the record as it is now. */
export async function reportChange<T>(format: Format | undefined, done: string, read: () => Promise<T>): Promise<void> {
  if (isJson(format)) await printRecord(await read(), [], format);
  else say(done);
}
