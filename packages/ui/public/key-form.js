import { readKey, storeKey } from './api.js';
import { h, setText } from './dom.js';

/** Asks for the key of a server that wants one. It is kept for this tab only. @param {HTMLDialogElement} dialog @param {() => void} given */
export function createKeyForm(dialog, given) {
  const input = h('input', { type: 'password', name: 'key', id: 'key-input', autocomplete: 'off', required: true });
  const reason = h('p', { class: 'quiet' });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    storeKey(input.value.trim());
    input.value = '';
    dialog.close();
    given();
  };
  dialog.append(
    h(
      'form',
      { submit },
      h('h2', { id: 'key-title' }, 'This server asks for a key'),
      reason,
      h('label', { for: 'key-input' }, 'API key'),
      input,
      h('p', { class: 'quiet' }, 'It is SLUICE_API_KEY of the server, or its auth string as user:password. This tab forgets it when it is closed.'),
      h('button', { type: 'submit', class: 'primary' }, 'Open'),
    ),
  );
  dialog.addEventListener('cancel', (event) => event.preventDefault());
  return {
    ask: () => {
      setText(reason, readKey() ? 'The server does not know the key that was given.' : '');
      reason.hidden = reason.textContent === '';
      if (!dialog.open) dialog.showModal();
    },
  };
}
