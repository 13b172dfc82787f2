import { useRef, useState } from 'react';
import { withRefresh } from '../../api/refresh.ts';
import { say } from '../base/toast.tsx';
import type { Act } from './act.ts';

export interface Acting {
  readonly isBusy: boolean;
  /** What the server has refused it with. */
  readonly error: unknown;
  /** Does it, one at a time; true when it is done. */
  readonly run: (act: Act) => Promise<boolean>;
}

/** Does acts: says what came of them, and asks everything on the page again. An error that `isShown` elsewhere is not kept. */
export function useAct(isShown?: (error: unknown) => boolean): Acting {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const isRunning = useRef(false); // a second click may come before the button is drawn as busy
  async function run(act: Act): Promise<boolean> {
    if (isRunning.current) return false;
    isRunning.current = true;
    setBusy(true);
    setError(undefined);
    try {
      const said = await withRefresh(() => act.send());
      if (said) say(said);
      return true;
    } catch (thrown) {
      if (!isShown?.(thrown)) setError(thrown);
      return false;
    } finally {
      isRunning.current = false;
      setBusy(false);
    }
  }
  return { isBusy, error, run };
}
