import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Doors that flows stand before: a test sees who has arrived and opens them when it wants. No test needs to sleep. */
export interface Gates {
  readonly url: string;
  /** Resolves when so many have come to the gate, since the beginning. */
  arrived(name: string, count?: number): Promise<void>;
  /** Lets through who stands there and who comes later. */
  open(name: string): void;
  close(): Promise<void>;
}

interface Gate {
  arrivals: number;
  isOpen: boolean;
  readonly standing: ServerResponse[];
  readonly waiting: { readonly count: number; readonly resolve: () => void }[];
}

export async function startGates(): Promise<Gates> {
  const gates = new Map<string, Gate>();
  const at = (name: string): Gate => {
    const gate = gates.get(name) ?? { arrivals: 0, isOpen: false, standing: [], waiting: [] };
    gates.set(name, gate);
    return gate;
  };
  const server = createServer((request, response) => {
    const gate = at(decodeURIComponent((request.url ?? '').slice(1)));
    gate.arrivals++;
    for (const { count, resolve } of gate.waiting) if (gate.arrivals >= count) resolve();
    if (gate.isOpen) response.end();
    else gate.standing.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived: (name, count = 1) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const gate = at(name);
      if (gate.arrivals >= count) resolve();
      else gate.waiting.push({ count, resolve });
      return promise;
    },
    open: (name) => {
      const gate = at(name);
      gate.isOpen = true;
      for (const response of gate.standing.splice(0)) response.end();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
