// Short messages at the edge that go away by themselves.
import {fill, h, icon} from './dom.js';

export function toast(text, tone = 'accepted') {
  const close = h('button', {type: 'button', class: 'button icon-button', title: 'Close'}, icon('close'));
  const element = h('div', {class: `toast tone-${tone}`}, icon(tone), h('span', null, text), close);
  const timer = setTimeout(() => element.remove(), 6000);
  close.addEventListener('click', () => {
    clearTimeout(timer);
    element.remove();
  });
  document.getElementById('toasts').append(element);
}

/** Says it to those who listen instead of looking. */
export function announce(text) {
  fill(document.getElementById('announcer'), text);
}

/** What an API error says, with the places in a scenario where it has some. */
export function errorList(error) {
  const errors = error.errors ?? [{title: 'The server cannot be reached', detail: error.message}];
  return h('ul', {class: 'errors', role: 'alert'}, errors.map((one) =>
    h('li', null, icon('warning'), h('div', null,
      h('p', {class: 'error-title'}, one.title, one.line ? h('span', {class: 'faint'}, ` · line ${one.line}${one.column ? `, column ${one.column}` : ''}`) : null),
      one.detail && one.detail !== one.title ? h('p', null, one.detail) : null))));
}
