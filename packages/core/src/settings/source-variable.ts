const PREFIX = 'SLUICE_SOURCE_';

/** `SLUICE_SOURCE_DEMO` for the source `demo`. */
export const sourceVariable = (name: string): string => `${PREFIX}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;

export const isSourceVariable = (variable: string): boolean => variable.startsWith(PREFIX);
