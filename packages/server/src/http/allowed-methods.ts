import { routes } from '@sluice/core/api/routes';

const patterns = Object.keys(routes).map((key) => {
  const [method, path] = key.split(' ') as [string, string];
  return { method, pattern: new RegExp(`^/api${path.replace(/\/$/, '').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`) };
});

/** Methods that a path has, though not the one that was asked for. */
export const allowedMethods = (path: string): string[] => patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
