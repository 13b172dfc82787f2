/** What the address holds, so that a view can be kept, sent and gone back to. */
const NAMES = ['flow', 'state', 'run', 'span'];

/** @typedef {{ flow?: string, state?: string, run?: string, span?: string }} View */

/** @returns {View} */
export function readAddress() {
  const search = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.flatMap((name) => (search.get(name) ? [[name, search.get(name)]] : [])));
}

/** The address of this view with some parts changed; an empty part is left out. @param {View} change */
export function addressOf(change) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...readAddress(), ...change })) if (value) search.set(name, value);
  const text = search.toString();
  return text ? `?${text}` : location.pathname;
}

/** @type {Set<() => void>} */
const listeners = new Set();

/** Opening a run is a step that "back" undoes; a filter replaces the one before. @param {View} change */
export function changeAddress(change) {
  if ('run' in change) history.pushState(null, '', addressOf(change));
  else history.replaceState(null, '', addressOf(change));
  for (const listener of listeners) listener();
}

/** @param {() => void} listener */
export function onAddress(listener) {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
}
