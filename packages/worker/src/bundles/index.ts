export { fetchBundle } from './fetch-bundle.ts';
export { type Packed, packProject, projectRoot, writeBundle } from './pack.ts';
export { listBundle } from './unpack.ts';
