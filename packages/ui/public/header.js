import { serverNow } from './api.js';
import { setText } from './dom.js';
import { age, bytes } from './format.js';

/** @typedef {import('./store.js').Store} Store */

/** @type {Record<import('./feed.js').Connection, string>} */
const WORDS = { live: 'live', connecting: 'connecting', reconnecting: 'reconnecting', paused: 'paused', locked: 'key needed' };

/** Which server this is, and whether the page is in step with it. @param {{ server: Element, chip: HTMLElement }} elements @param {Store} store */
export function createHeader({ server, chip }, store) {
  return {
    /** @param {import('./feed.js').Connection} state @param {string} reason */
    connection: (state, reason = '') => {
      chip.className = `chip chip-${state}`;
      chip.title = reason;
      setText(chip, WORDS[state]);
    },
    update: () => {
      if (!store.server) return;
      const { sluice_version, api_url, started, database, disk_free_bytes } = store.server;
      const parts = [
        api_url,
        `version ${sluice_version}`,
        store.pools.map(({ name }) => `pool ${name}`).join(', '),
        `up ${age(serverNow() - Date.parse(started))}`,
        `PostgreSQL ${database.version}, ${bytes(database.bytes)}`,
        `${bytes(disk_free_bytes)} free`,
      ];
      setText(server, parts.filter(Boolean).join(' · '));
    },
  };
}
