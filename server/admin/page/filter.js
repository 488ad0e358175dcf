// The field above a list: words and key:value pairs become parameters of the API.
import {h, icon} from './dom.js';

const TYPING_MS = 150;

/** `read(text)` makes the parameters; `apply(parameters)` is called when there are new ones. */
export function createFilter({label, placeholder, read, apply, title}) {
  const input = h('input', {type: 'search', placeholder, 'aria-label': label, autocomplete: 'off', spellcheck: 'false', title});
  let timer = null;
  const now = () => {
    clearTimeout(timer);
    apply(read(input.value));
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(now, TYPING_MS);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') now();
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    if (input.value === '') input.blur();
    input.value = '';
    now();
  });
  return {
    element: h('label', {class: 'filter'}, icon('search'), input, h('kbd', {'aria-hidden': 'true'}, '/')),
    focus: () => input.select(),
    isEmpty: () => input.value.trim() === '',
    clear() {
      input.value = '';
      now();
    },
  };
}

/** A word without a star matches anywhere. */
const anywhere = (word) => (/[*?]/.test(word) ? word : `*${word}*`);

/**
 * {subject: '*order*'} of "order", {sender: '*ann*'} of "from:ann".
 *   keys: {from: 'sender'} what stands before a colon; plain(words) -> the parameter for anything else
 */
export function parametersOf(text, keys, plain) {
  const found = {};
  const words = [];
  for (const part of text.match(/[\w.-]+:"[^"]*"|\S+/g) ?? []) {
    const colon = part.indexOf(':');
    const key = colon > 0 ? keys[part.slice(0, colon).toLowerCase()] : undefined;
    const value = part.slice(colon + 1).replace(/^"(.*)"$/, '$1');
    if (key && value) found[key] = key === 'session' ? value : anywhere(value);
    else if (!key) words.push(part);
  }
  if (words.length > 0) found[plain(words.join(' '))] = anywhere(words.join(' '));
  return found;
}

/** One of several, as a row of buttons. `options`: [value, text, icon or null] */
export function createChoice({label, options, value, choose}) {
  const buttons = options.map(([one, text, picture]) => h('button', {
    type: 'button', class: 'choice', 'aria-pressed': String(one === value), onclick: () => pick(one), title: text,
  }, picture, h('span', null, text)));
  function pick(one) {
    for (const [at, button] of buttons.entries()) button.setAttribute('aria-pressed', String(options[at][0] === one));
    choose(one);
  }
  return {element: h('div', {class: 'choices', role: 'group', 'aria-label': label}, buttons), pick};
}
