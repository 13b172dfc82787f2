#!/usr/bin/env node
// Starts the command under Node 24, whatever Node ran this. Plain JavaScript that Node 18 reads.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { endWithLauncher, findNode, handOver, isNewNode } from './node-24.mjs';

const home = join(dirname(fileURLToPath(import.meta.url)), '..');
const clone = join(home, '..', '..');

function isClone() {
  try {
    return JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8')).name === 'sluice-repo';
  } catch {
    return false;
  }
}

endWithLauncher();

// A clone keeps its data to itself, so that it can be tried and thrown away.
if (isClone() && !process.env.SLUICE_HOME) process.env.SLUICE_HOME = join(clone, '.sluice');

const source = join(home, 'src', 'main.ts');
const isSource = existsSync(source);
const main = isSource ? source : join(home, 'dist', 'main.js');
if (isNewNode()) {
  // In a clone the packages are taken from their source: this process has not been told so by --conditions, as those that it starts are.
  if (isSource) {
    module.registerHooks({
      resolve: (name, context, next) =>
        next(name, name.startsWith('@sluice/') ? { ...context, conditions: [...context.conditions, '@sluice/source'] } : context),
    });
  }
  // What was compiled, and stripped of its types, is kept for the next time: it halves the time to the first line.
  module.enableCompileCache?.();
  await import(pathToFileURL(main).href);
} else {
  handOver(findNode(home), [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
}
