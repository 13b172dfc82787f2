import { SluiceError } from '@sluice/core/errors/sluice-error';

/** The fields that were typed, null for those that are cleared; that there are none is a mistake. */
export function expectChange<B extends object>(body: B, example: string): { [F in keyof B]?: Exclude<B[F], undefined> } {
  const typed = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  if (Object.keys(typed).length > 0) return typed as { [F in keyof B]?: Exclude<B[F], undefined> };
  throw new SluiceError('USAGE', 'Nothing to change was given.', { hint: `For example: ${example}` });
}
