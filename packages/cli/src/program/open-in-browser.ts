import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startTimer } from '@sluice/client';

const OPENERS: { readonly [platform: string]: readonly [program: string, ...words: string[]] } = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** What cannot open a page has said so by then. */
const STAYS_MS = 3000;

/** Shows a page to the person at this machine, and resolves with whether something took it. `BROWSER` names another program. */
export async function openInBrowser(url: string): Promise<boolean> {
  const named = process.env['BROWSER'];
  const [program, ...words] = named ? [named] : (OPENERS[process.platform] ?? ['xdg-open']);
  const child = spawn(program, [...words, url], { stdio: 'ignore', detached: true });
  const failed = once(child, 'error').then(() => false);
  const ended = once(child, 'exit').then(([code]) => code === 0);
  // A browser that is the process itself stays.
  const [stays, stop] = [Promise.withResolvers<boolean>(), startTimer(STAYS_MS, () => stays.resolve(true))];
  const isOpen = await Promise.race([failed, ended, stays.promise]);
  stop.stop();
  child.unref();
  return isOpen;
}
