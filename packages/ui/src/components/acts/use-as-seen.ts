import { isSluiceError } from '@sluice/core/errors/sluice-error';
import { useState } from 'react';

interface Seen<R> {
  /** The record as it was when the dialog was opened: what others change meanwhile is not taken back. */
  readonly before: R;
  /** The one that the person knows of. */
  readonly asSeen: R;
  /** For the dialog's `onFault`: after the server has said that somebody else changed it, the person knows what stands there now. */
  readonly onFault: (error: unknown) => boolean;
}

/** Of two who edit one record the second is told first, and may save then. */
export function useAsSeen<R>(now: R): Seen<R> {
  const [before] = useState(now);
  const [isTold, setTold] = useState(false);
  function onFault(error: unknown): boolean {
    if (isSluiceError(error) && error.code === 'CONFLICT') setTold(true);
    return false;
  }
  return { before, asSeen: isTold ? now : before, onFault };
}
