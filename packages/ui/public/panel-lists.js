import { h } from './dom.js';
import { duration, millis, preciseClock } from './format.js';
import { iconOf, lookOf } from './states.js';

/** A run's states, oldest first, each with how long it lasted. @param {Element} list @param {any[]} states */
export function drawStates(list, states) {
  list.replaceChildren(
    ...states.map((state, index) => {
      const at = millis(state.timestamp) ?? 0;
      const next = millis(states[index + 1]?.timestamp);
      const look = lookOf(state.type, state.name);
      return h(
        'li',
        {},
        h('span', { class: 'when' }, preciseClock(at)),
        h('span', { class: `state tone-${look.tone}` }, iconOf(look), state.name),
        h('span', { class: 'quiet' }, next === null ? '' : duration(next - at)),
        state.message && h('p', {}, state.message),
      );
    }),
  );
}

/** A run's tasks in the order of their start, with the message of those that failed. @param {Element} list @param {any[]} tasks */
export function drawTasks(list, tasks) {
  if (tasks.length === 0) return list.replaceChildren(h('li', { class: 'quiet' }, 'none yet'));
  list.replaceChildren(...tasks.map(taskItem));
}

/** @param {any} task */
function taskItem(task) {
  const look = lookOf(task.state_type, task.state_name);
  const failed = ['FAILED', 'CRASHED'].includes(task.state_type);
  const message = failed || task.state_type === 'SCHEDULED' ? task.state?.message : null;
  return h(
    'li',
    {},
    h('span', { class: `state tone-${look.tone}` }, iconOf(look), task.state_name ?? ''),
    h('span', { class: 'task-name' }, task.name),
    h(
      'span',
      { class: 'quiet' },
      task.run_count > 1 ? `${task.run_count} tries, ` : '',
      task.start_time ? duration(task.estimated_run_time * 1000) : '',
    ),
    message && h('p', {}, message),
  );
}
