import { z } from 'zod';
import { MAX_NAME, NAME_RULE } from '../lib/names.ts';
import { instant, stored } from './common.ts';
import { shortText } from './field-limits.ts';

const URL_WITHOUT_PASSWORD = /^(?:ducklake:)?[a-z][a-z\d+.-]*:\/\/(?:[^:@/?#\s]*@)?[^@?#\s]+(?:\?(?!.*password)[^@#\s]*)?$/i;

/** A person's own name for a source, or the URL by which runs know a database: that one has no password. */
export const sourceName = z
  .string()
  .min(1)
  .max(MAX_NAME)
  .refine((name) => NAME_RULE.test(name) || URL_WITHOUT_PASSWORD.test(name), 'must be a name without any of / % & > <, or a URL without a password');

/** The most characters of a URL. */
export const MOST_SOURCE_URL = 4000;

/** Checked by its handler: what a schema says of a text may repeat the text. */
export const SourceSet = z.strictObject({ name: sourceName, url: z.string().min(1).max(MOST_SOURCE_URL), set_by: shortText.nullish() });
export type SourceSet = z.infer<typeof SourceSet>;

/** What may be known of a source whose URL the server keeps: not the URL, nor who logs in. */
export const Source = z.object({
  ...stored,
  name: z.string(),
  /** What stands before `://`. */
  kind: z.string(),
  host: z.string().nullable(),
  database: z.string().nullable(),
  /** When the URL was set. */
  set: instant,
  /** Who said so of themselves. */
  set_by: z.string().nullable(),
  /** Whether it was stored with the key that this server has. */
  is_readable: z.boolean(),
});
export type Source = z.infer<typeof Source>;

/** For the holder of the lease of a run that names the source. */
export const SourceUrl = z.object({ name: z.string(), url: z.string() });
