import { styleText } from 'node:util';

export type Paint = Parameters<typeof styleText>[0];

/** Colour where the stream shows it: a terminal, unless NO_COLOR is set; anything with FORCE_COLOR. */
export const paint = (format: Paint, text: string, stream: NodeJS.WriteStream = process.stdout): string => styleText(format, text, { stream });
