import { useEffect, useRef } from 'react';

const isTyping = ({ target }: KeyboardEvent) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** The name of what was pressed: `k`, `?`, `mod+k`. */
const nameOf = (event: KeyboardEvent): string => (event.metaKey || event.ctrlKey ? `mod+${event.key.toLowerCase()}` : event.key);

type Press = (event: KeyboardEvent) => void;
const presses = new Map<string, Press[]>();
let before = '';

/** One key, or two after each other: `g r`. While somebody types, only those with ⌘ or Ctrl are meant. */
function hear(event: KeyboardEvent): void {
  const key = nameOf(event);
  if (event.defaultPrevented || event.altKey || (isTyping(event) && !key.startsWith('mod+'))) return;
  const press = presses.get(`${before} ${key}`)?.at(-1) ?? presses.get(key)?.at(-1);
  before = press ? '' : key;
  if (!press) return;
  event.preventDefault();
  press(event);
}

export const startShortcuts = (): void => document.addEventListener('keydown', hear);

/** What a key does while this is on the page; what came last goes first. */
export function useShortcut(key: string, press: Press): void {
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => {
    const mine: Press = (event) => latest.current(event);
    presses.set(key, [...(presses.get(key) ?? []), mine]);
    return () => void presses.set(key, presses.get(key)?.filter((each) => each !== mine) ?? []);
  }, [key]);
}
