import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = process.env['SLUICE_CHROMIUM'] ?? '/usr/bin/chromium';

/** Without sandbox and GPU it runs as root and in containers too; the rest keeps it from talking to anybody on its own. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why there is no browser to test with; undefined when there is one. In CI a missing one is an error, not a skipped test. */
export function whyNoBrowser(): string | undefined {
  if (process.env['CI'] || existsSync(CHROMIUM)) return undefined;
  return `No Chromium at ${CHROMIUM}: install it (apt-get install chromium), or set SLUICE_CHROMIUM, to test the page.`;
}

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
