const EXIT_CALL = /^Its code called process\.exit\((.*)\)\.$/;
const FAILURE = /^(?:An error was thrown that nobody caught|A promise that nobody awaited was rejected): /;
const OF_STACK = /^\s+(?:at |\[cause\])/;

/** What the SDK's program said last, before its process ended out of order: of an error with its stack, or that its code called for the end. */
export function lastWords(complaints: string): { readonly failure: string | undefined; readonly exitCode: number | undefined } {
  const lines = complaints.split('\n');
  const at = lines.findLastIndex((line) => EXIT_CALL.test(line) || FAILURE.test(line));
  if (at < 0) return { failure: undefined, exitCode: undefined };
  const first = lines[at] as string;
  const code = EXIT_CALL.exec(first)?.[1];
  if (code !== undefined) return { failure: undefined, exitCode: Number(code) || 0 };
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !OF_STACK.test(line));
  return { failure: [first, ...rest.slice(0, end < 0 ? rest.length : end)].join('\n'), exitCode: undefined };
}
