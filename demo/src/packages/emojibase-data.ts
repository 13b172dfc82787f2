import { packageJson } from '../read-package.ts';

/** Emoji in English, as they are in the package: with arrays and objects inside, and an emoticon that is a string or several. */
export const emoji = (): Promise<object[]> => packageJson<object[]>('emojibase-data', 'en/data.json');
