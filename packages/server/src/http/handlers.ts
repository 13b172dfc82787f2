import type { RouteKey, RouteOutput, RouteParsed, Routes } from '@sluice/core/api/routes';
import type { ServerSetting } from '@sluice/core/model/server-setting';
import type { RunAccess } from '../auth/run-access.ts';
import type { Database } from '../db/database.ts';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { HeldPolls } from '../dispatch/held-polls.ts';
import type { SlotKeeper } from '../dispatch/slots.ts';
import type { Waiting } from '../dispatch/waiting.ts';
import type { EventIntake } from '../events/intake.ts';
import type { NewsDesk } from '../events/news.ts';
import type { EventStream } from '../events/stream.ts';
import type { Writer } from '../orchestrate/change.ts';
import type { Door } from '../orchestrate/door.ts';
import type { SchemaChecker } from '../schemas/schema-checker.ts';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { JsonText } from '../store/records.ts';
import type { Generation } from './generation.ts';
import type { JsonSocket } from './sockets/json-socket.ts';

/** What handlers work with. Built once, in `server.ts`. */
export interface Deps {
  readonly database: Database;
  /** For what finds rows by their keys: on its connections each statement is planned once. */
  readonly byKey: Database;
  readonly door: Door;
  readonly desk: NewsDesk;
  readonly events: EventStream;
  readonly intake: EventIntake;
  readonly dispatcher: Dispatcher;
  readonly slots: SlotKeeper;
  readonly waiting: Waiting;
  readonly polls: HeldPolls;
  readonly schemas: SchemaChecker;
  readonly newId: () => string;
  readonly newName: () => string;
  readonly leaseSeconds: number;
  /** The most that a bundle may hold. */
  readonly bundleMb: number;
  /** Encrypts what may be known to nobody who reads the database. */
  readonly secrets: SecretBox;
  /** The same, for what blocks hold. */
  readonly blockSecrets: SecretBox;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Undefined for a server that asks for no key. */
  readonly runAccess: RunAccess | undefined;
  /** The release of the server. */
  readonly version: string;
  readonly settings: readonly ServerSetting[];
  readonly status: () => Promise<RouteOutput<'GET /admin/status'>>;
}

/** What a handler knows of its request besides the parsed parts of the route. */
export interface RequestContext {
  /** The holder of a lease, when the request comes from one. */
  readonly writer: Writer | null;
  /** Which of Prefect's clients asks, where their answers differ. */
  readonly generation: Generation;
  /** Whether it is one of Prefect's own, which runs flows in Python. */
  readonly isPrefectClient: boolean;
  /** Whether the client prolongs the slot that its run has of its deployment. */
  readonly renewsSlots: boolean;
  /** Seconds the client would wait, by `Prefer: wait=`; 0 when it would not. */
  readonly preferWait: number;
  /** The `updated` that a record must still have to be changed, by `If-Match`; null for any. */
  readonly ifMatch: string | null;
  /** Where a client that reads events stood when its connection broke. */
  readonly lastEventId: string | undefined;
  /** Where the client has reached the server: `http://127.0.0.1:4200`. */
  readonly origin: string;
  /** The body as it came, for the few that need the text of its numbers. */
  readonly bodyText: string;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
}

/** Text as it is sent, such as JSON that the database made, with a status of its own where it has one. */
export class Reply<B extends JsonText = JsonText> {
  readonly body: B;
  readonly status: number | undefined;
  readonly headers: { readonly [name: string]: string };

  constructor(body: B, status?: number, headers: { readonly [name: string]: string } = {}) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

/** 201 for a record that was made now, 200 for one that was there. */
export const createdReply = (json: string, created: boolean): Reply => new Reply(json, created ? 201 : 200);

export type Handler<K extends RouteKey> = (request: RouteParsed<K> & RequestContext) => Promise<RouteOutput<K> | Reply>;

/** Talks with a client that has been let in. The socket is closed when it returns. */
export type SocketHandler<K extends RouteKey> = (request: RouteParsed<K> & { readonly socket: JsonSocket }) => Promise<void>;

type SocketKey = { [K in RouteKey]: Routes[K] extends { readonly reply: 'socket' } ? K : never }[RouteKey];

export type Handlers<K extends RouteKey = RouteKey> = { readonly [Key in K]: Key extends SocketKey ? SocketHandler<Key> : Handler<Key> };
