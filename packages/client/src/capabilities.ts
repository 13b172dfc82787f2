import { SLUICE_HEADER } from '@sluice/core/api/sluice-header';
import type { HttpResponse } from './transport.ts';

/** What a server can do besides Prefect's API. */
export interface Capabilities {
  /** It has the routes that are marked `ours` in the contract. */
  readonly ourRoutes: boolean;
}

/** Learns from each answer what the server can do, so that nobody has to ask. */
export class CapabilityNotes {
  #newest: Capabilities | undefined;

  /** As the newest answer has it: another server may have taken the place of one. */
  get newest(): Capabilities | undefined {
    return this.#newest;
  }

  /** A refusal without our header may come from a proxy on the way: it says nothing of the server. */
  take({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): void {
    const ourRoutes = SLUICE_HEADER in headers;
    if (ourRoutes || status < 300) this.#newest = { ourRoutes };
  }
}
