/** The condition of `exports` under which the packages of a clone are taken from their source. */
const SOURCE = '@sluice/source';

/**
 * A program beside a module, in the form that the module itself has: source in a clone, JavaScript where it is installed. The compiler
 * rewrites the files of imports, and no others.
 */
export const programBeside = (name: string, module: string): URL => new URL(`${name}${module.endsWith('.ts') ? '.ts' : '.js'}`, module);

/** What Node must be told to run a program: one that is source finds the other packages as source. */
export const nodeFlags = (program: string | URL): string[] => (String(program).endsWith('.ts') ? [`--conditions=${SOURCE}`] : []);
