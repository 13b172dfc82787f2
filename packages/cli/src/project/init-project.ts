import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { SluiceError } from '@sluice/core/errors/sluice-error';
import { configIn } from '../find/config-file.ts';
import { readVersion } from '../program/own-version.ts';
import { config, endingFor, FLOW, ignoreWith, manifestWith, projectName, readManifest } from './new-project.ts';

export interface NewProject {
  readonly name: string;
  /** Files that were made, and those to which lines were added. */
  readonly made: readonly string[];
  readonly changed: readonly string[];
  /** Its packages are there. */
  readonly isInstalled: boolean;
}

/** Makes a project of a folder: what is there stays as it is, and nothing is written when a file stands in the way. */
export async function initProject(folder: string, given: string | undefined): Promise<NewProject> {
  const name = projectName(given, basename(folder));
  const there = configIn(folder);
  if (there !== undefined) {
    throw new SluiceError('CONFLICT', `This is a project already: ${there} is here.`, { hint: 'Add a flow to it, and deploy it: sluice deploy' });
  }
  const [packageText, ignoreText] = [readIfThere(folder, 'package.json'), readIfThere(folder, '.gitignore')];
  const ending = endingFor(packageText === undefined ? undefined : readManifest(packageText));
  const flowFile = `hello.${ending}`;
  const made = new Map([
    [flowFile, FLOW],
    [`sluice.config.${ending}`, config(name, flowFile)],
  ]);
  const changed = new Map<string, string>();
  const add = (file: string, before: string | undefined, after: string | undefined) => {
    if (after !== undefined) (before === undefined ? made : changed).set(file, after);
  };
  add('package.json', packageText, manifestWith(packageText, name, readVersion()));
  add('.gitignore', ignoreText, ignoreWith(ignoreText));
  for (const file of made.keys()) {
    if (!existsSync(join(folder, file))) continue;
    throw new SluiceError('CONFLICT', `There is a ${file} here already, and it is left as it is.`, {
      hint: 'Nothing was written. Start in another folder, or move that file.',
    });
  }
  for (const [file, text] of made) await writeFile(join(folder, file), text, { flag: 'wx' });
  for (const [file, text] of changed) await writeFile(join(folder, file), text);
  return { name, made: [...made.keys()], changed: [...changed.keys()], isInstalled: isInstalled(folder) };
}

function readIfThere(folder: string, file: string): string | undefined {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function isInstalled(folder: string): boolean {
  try {
    createRequire(join(folder, 'package.json')).resolve('@sluice/sdk');
    return true;
  } catch {
    return false;
  }
}
