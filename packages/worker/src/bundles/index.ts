export { codeOfDeployment, jobVariables } from '../job.ts';
export { fetchBundle } from './fetch-bundle.ts';
export { CodeFinder } from './find-code.ts';
export { type Packed, packProject, projectRoot, writeBundle } from './pack.ts';
export { listBundle } from './unpack.ts';
