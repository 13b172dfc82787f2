import { type Format, flag } from '../program/options.ts';
import { confirm } from '../render/confirm.ts';
import { say, tell } from '../render/message.ts';
import { isJson, printList } from '../render/print.ts';

/** The option of all commands that delete something. */
export const yes = flag('-y, --yes', 'Do not ask');

interface Deletion<T> {
  readonly records: readonly T[];
  readonly options: { readonly yes: boolean; readonly output: Format | undefined };
  /** How a record is named: `flow run 'brave-otter'`. */
  name(record: T): string;
  /** What else a person should know before it is gone. */
  readonly warning?: string | undefined;
  remove(record: T): Promise<unknown>;
}

/** Deletes records that were looked up before, so that a wrong name deletes nothing; asks a person first. */
export async function deleteRecords<T>({ records, options, name, warning, remove }: Deletion<T>): Promise<void> {
  const question = `${warning ? `${warning} ` : ''}Delete ${records.map(name).join(', ')}?`;
  if (!options.yes && !(await confirm(question))) return tell('Nothing was deleted.');
  for (const record of records) {
    await remove(record);
    if (!isJson(options.output)) say(`Deleted ${name(record)}.`);
  }
  if (isJson(options.output)) await printList(records, [], options.output);
}
