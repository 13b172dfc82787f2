import { MAX_LINES } from '@sluice/core/api/max-lines';
import { type LogCursor, type LogFilter, type LogPage, readLogPage } from '../../api/logs.ts';
import { count } from '../../lib/format.ts';
import { levelWord } from '../../lib/log-levels.ts';
import { saveFile } from '../../lib/save-file.ts';
import { withoutAnsi } from './ansi.tsx';

const MOST_BYTES = 200_000_000;

/** Gives the person a file of the lines that a filter shows, the oldest first, and says how far it is. */
export async function saveLog(filter: LogFilter, name: string, say: (notice: string) => void): Promise<void> {
  const texts: string[] = [];
  let size = 0;
  let lines = 0;
  try {
    for (let cursor: LogCursor | null = { filter, sort: 'TIMESTAMP_ASC', after: null }; cursor && size < MOST_BYTES; ) {
      const page: LogPage = await readLogPage(cursor, undefined, MAX_LINES);
      const text = page.lines
        .map(({ timestamp, level, message }) => `${timestamp} ${levelWord(level).toUpperCase()} ${withoutAnsi(message)}\n`)
        .join('');
      texts.push(text);
      size += text.length;
      lines += page.lines.length;
      cursor = page.next;
      if (cursor) say(`${count(lines)} lines read …`);
    }
    saveFile(`${name}.log`, texts);
    say(size < MOST_BYTES ? '' : `The file has the first ${count(lines)} lines: more is too much for a page.`);
  } catch (error) {
    say(`Not saved. ${error instanceof Error ? error.message : error}`);
  }
}
