import type { Log } from '../../api/logs.ts';

/** How an address names a line: its time, by which it is found, and its id. */
export const toMark = ({ timestamp, id }: Log): string => `${timestamp}~${id}`;

export function atMark(mark: string | undefined): { readonly timestamp: string; readonly id: string } | undefined {
  const [timestamp = '', id = ''] = mark?.split('~') ?? [];
  return id && !Number.isNaN(Date.parse(timestamp)) ? { timestamp, id } : undefined;
}
