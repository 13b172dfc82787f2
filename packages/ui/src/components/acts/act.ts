import { ifUnchanged } from '@sluice/core/api/if-unchanged';
import type { RouteInput, RouteKey, RouteOutput } from '@sluice/core/api/routes';
import type { ReactNode } from 'react';
import { ask } from '../../api/client.ts';
import { signedInBy } from '../../api/session.ts';
import { type CallInput, curlOf } from './call-text.ts';
import { refusalOf } from './refusal.ts';

/** Something that a person can do: what is said of it, and the call that does it. */
export interface Act {
  /** `Pause work pool etl`. */
  readonly title: string;
  /** What will happen, in a sentence or two. */
  readonly about?: ReactNode;
  /** The word on the button. */
  readonly confirm: string;
  readonly kind: 'primary' | 'danger';
  /** The API call, for a shell. */
  readonly call: string;
  /** The same on the command line, made by `sluice(…)`; undefined when no command does it. */
  readonly command: string | undefined;
  /** Does it, and resolves with what to say of it; undefined when there is nothing to say. Rejects with the server's words. */
  readonly send: () => Promise<string | undefined>;
}

interface ActWords<A> extends Pick<Act, 'title' | 'about' | 'confirm' | 'command'> {
  readonly kind?: Act['kind'];
  /** What is said when it is done: `Work pool etl is paused.` */
  readonly done: string | ((answer: A) => string | undefined);
  /** After it is done: goes to what was made, or away from what is gone. */
  readonly onDone?: (answer: A) => void;
  /** The record as the person has seen it: the server refuses when it is another one by now. */
  readonly asSeen?: { readonly updated: string } | undefined;
  /** What the call is shown with, where something of the input is not to be read on a screen. */
  readonly shown?: CallInput;
  /** How it is sent, where that takes more than the one request which is shown. */
  readonly send?: () => Promise<A>;
}

/** An act by a row of the contract. */
export function act<K extends RouteKey>(key: K, input: RouteInput<K>, words: ActWords<RouteOutput<K>>): Act {
  const { done, onDone, asSeen, shown, kind = 'primary', ...rest } = words;
  const headers = asSeen ? ifUnchanged(asSeen).headers : {};
  const send = words.send ?? (() => ask(key, input, undefined, headers));
  return {
    ...rest,
    kind,
    call: curlOf(key, shown ?? (input as CallInput), signedInBy(), headers),
    send: async () => {
      const answer = await send();
      const refusal = refusalOf(answer);
      if (refusal) throw new Error(refusal);
      onDone?.(answer);
      return typeof done === 'string' ? done : done(answer);
    },
  };
}
