import { useEffect } from 'react';
import type { Tone } from '../../lib/states.ts';

const USUAL = '/favicon.svg';

const setIcon = (file: string) => document.querySelector('link[rel="icon"]')?.setAttribute('href', file);

/** The browser's tab shows how the run stands, as long as its page is open. */
export function useTabIcon(tone: Tone): void {
  useEffect(() => {
    setIcon(`/states/${tone}.svg`);
    return () => setIcon(USUAL);
  }, [tone]);
}
