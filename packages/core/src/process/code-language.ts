/** What a flow is written in, which says whose worker can run it: ours, or Prefect's. */
export type CodeLanguage = 'typescript' | 'python';

/** Ours is always a file and an export; Prefect's may also be a module's path, without a colon. */
const ENTRYPOINTS: Readonly<Record<CodeLanguage, RegExp>> = { typescript: /\.[cm]?[jt]sx?:/, python: /\.py:|^[^:]+$/ };

/** By a deployment's entrypoint; undefined when that does not tell. */
export function codeLanguage(entrypoint: string | null): CodeLanguage | undefined {
  if (entrypoint === null) return undefined;
  if (ENTRYPOINTS.typescript.test(entrypoint)) return 'typescript';
  return ENTRYPOINTS.python.test(entrypoint) ? 'python' : undefined;
}
