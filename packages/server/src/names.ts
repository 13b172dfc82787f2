import { adjectives, animals, uniqueNamesGenerator } from 'unique-names-generator';

/** A name for a run that got none, such as `brave-otter`. For people; ids are what counts. */
export const randomName = (): string => uniqueNamesGenerator({ dictionaries: [adjectives, animals], separator: '-' });
