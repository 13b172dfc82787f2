import { z } from 'zod';
import { json, stored } from './common.ts';
import { limited, shortText } from './field-limits.ts';

const SavedSearchFilter = z.object({ object: shortText, property: shortText, type: shortText, operation: shortText, value: json });

/** A question that a person asks again, under a name. */
export const SavedSearch = z.object({ ...stored, name: z.string(), filters: z.array(SavedSearchFilter) });
export type SavedSearch = z.infer<typeof SavedSearch>;

export const SavedSearchCreate = z.strictObject({ name: shortText.min(1), filters: limited('filter', z.array(SavedSearchFilter)).default([]) });
export type SavedSearchCreate = z.infer<typeof SavedSearchCreate>;
