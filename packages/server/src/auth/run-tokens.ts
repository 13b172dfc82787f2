import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Writer } from '../orchestrate/change.ts';
import type { Credentials } from './credentials.ts';

/** Tokens that open the server to the process of one flow run. Nothing is stored: all servers with the same credentials know them. */
export interface RunTokens {
  make(holder: Writer): string;
  /** Whose token this is; undefined when it was not made with these credentials. */
  read(token: string): Writer | undefined;
}

const FORM = /^slr\.([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{43})$/;

/** Undefined for a server that asks for no key. */
export function createRunTokens({ apiKey, authString }: Credentials): RunTokens | undefined {
  const credential = apiKey || authString;
  if (!credential) return undefined;
  const key = Buffer.from(hkdfSync('sha256', credential, '', 'sluice run token', 32));
  const sign = (claim: string) => createHmac('sha256', key).update(claim).digest();
  return {
    make: ({ flow_run_id, epoch }) => {
      const claim = `${flow_run_id}.${epoch}`;
      return `slr.${claim}.${sign(claim).toString('base64url')}`;
    },
    read: (token) => {
      const [, flow_run_id = '', epoch = '', signature = ''] = FORM.exec(token) ?? [];
      const given = Buffer.from(signature, 'base64url');
      const right = sign(`${flow_run_id}.${epoch}`);
      return given.length === right.length && timingSafeEqual(given, right) ? { flow_run_id, epoch: Number(epoch) } : undefined;
    },
  };
}
