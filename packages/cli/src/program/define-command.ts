/** An option: its flags as they are typed, what it is for, and how its text is read. `parse` throws a TypeError that says what to type. */
export interface Option<T> {
  readonly flags: string;
  readonly doc: string;
  readonly fallback: T;
  /** `before` is what the same option gave earlier on the line. */
  parse?(text: string, before: T | undefined): T;
}

/** An argument: `<name>`, `[name]` when it may be left out, `<name...>` for one or more. */
export interface Argument<F extends string = string> {
  readonly form: F;
  readonly doc: string;
}

export type OptionTable = { readonly [name: string]: Option<unknown> };
export type ArgumentTable = { readonly [name: string]: Argument };

type None = Readonly<Record<never, never>>;
type ArgumentValue<F extends string> = F extends `${string}...${string}` ? readonly string[] : F extends `[${string}` ? string | undefined : string;

/** Options that every command takes. */
export interface Globals {
  readonly apiUrl: string | undefined;
}

/** What was typed, read. */
interface Invocation<A extends ArgumentTable, O extends OptionTable> {
  readonly args: { readonly [N in keyof A]: ArgumentValue<A[N]['form']> };
  readonly options: { readonly [N in keyof O]: O[N] extends Option<infer T> ? T : never };
  readonly globals: Globals;
}

/** A command besides its name and summary, which stand in the table so that the help is printed without loading it. */
export interface Command<A extends ArgumentTable, O extends OptionTable> {
  readonly arguments?: A;
  readonly options?: O;
  /** Lines to paste, with the words that name the command. */
  readonly examples: readonly string[];
  /** Answers with the exit code, when that is not 0. Errors are thrown. */
  run(invocation: Invocation<A, O>): Promise<number | undefined> | Promise<void>;
}

/** Any command, whatever it takes. */
export interface AnyCommand extends Omit<Command<ArgumentTable, OptionTable>, 'run'> {
  run(invocation: never): Promise<number | undefined> | Promise<void>;
}

export const defineCommand = <const A extends ArgumentTable = None, const O extends OptionTable = None>(command: Command<A, O>): Command<A, O> =>
  command;

export const argument = <const F extends string>(form: F, doc: string): Argument<F> => ({ form, doc });
