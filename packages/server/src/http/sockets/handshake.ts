import type { JsonSocket } from './json-socket.ts';
import { CLOSE } from './json-socket.ts';

/** A client that has connected says who it is within this time. */
const PATIENCE_MS = 30_000;

export interface Handshake {
  /** The client speaks the subprotocol `prefect`: it begins with a message that holds its key. */
  readonly speaksPrefect: boolean;
  /** Whether the request itself came with a key, or the server asks for none. */
  readonly isLetIn: boolean;
  /** Whether a token is the key that the server asks for. */
  readonly knows: (token: string) => Promise<boolean>;
}

/**
 * Prefect 3's handshake: `{type: 'auth', token}` is answered by `{type: 'auth_success'}`. Older clients of 3.x know none, and are let
 * in when no key is asked for. Says whether the client is let in; else the socket is closed.
 */
export async function shakeHands(socket: JsonSocket, { speaksPrefect, isLetIn, knows }: Handshake): Promise<boolean> {
  if (!speaksPrefect) {
    if (!isLetIn) socket.close(CLOSE.protocol, "'prefect' subprotocol required when auth is configured");
    return isLetIn;
  }
  const late = setTimeout(() => socket.close(CLOSE.policy, "Expected 'auth' message"), PATIENCE_MS).unref();
  const message = await socket.receiveJson();
  clearTimeout(late);
  const fault = message?.['type'] === 'auth' ? await tokenFault(message['token'], { isLetIn, knows }) : "Expected 'auth' message";
  if (fault === undefined) return socket.send(JSON.stringify({ type: 'auth_success' }));
  socket.close(CLOSE.policy, fault);
  return false;
}

async function tokenFault(token: unknown, { isLetIn, knows }: Pick<Handshake, 'isLetIn' | 'knows'>): Promise<string | undefined> {
  if (isLetIn) return undefined;
  if (typeof token !== 'string' || token === '') return 'Auth required but no token provided';
  return (await knows(token)) ? undefined : 'Invalid token';
}
