import type { Readable } from 'node:stream';

/** What a process printed that is kept, of each of its outputs: for the log of its run. */
const KEPT = 64 * 1024;
/** So much may wait for a reader of this process's own output: a run is not to wait for whoever looks at it. */
const WAITING = 4 * 1024 * 1024;

/** What a flow process prints. It is passed on to this process's own output, and the last of it is kept. */
export class Printed {
  #text = '';

  constructor(from: Readable, to: NodeJS.WriteStream) {
    from
      .setEncoding('utf8')
      .on('data', (text: string) => {
        this.#text = (this.#text + text).slice(-KEPT);
        if (to.writableLength < WAITING) to.write(text);
      })
      .on('error', () => {});
  }

  get text(): string {
    return this.#text;
  }

  /** What was kept until now, once. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
