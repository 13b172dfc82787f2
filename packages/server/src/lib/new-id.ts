import { V7Generator } from 'uuidv7';

/** The library asks the system for the random part of four ids at a time, which takes longer than all the rest of an id. */
const pool = new Uint32Array(1024);
let used = pool.length;

function nextUint32(): number {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  return pool[used++] as number;
}

const generator = new V7Generator({ nextUint32 });

/** A new id, later in order than those before it. */
export const newId = (): string => generator.generate().toString();
