// Copying, and the buttons for it.
import {h, icon} from './dom.js';

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Over plain HTTP from another machine there is no clipboard API. */
function copyBySelection(text) {
  const area = h('textarea', {class: 'hidden-text', value: text, readonly: true});
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

/** `text` is a string, or a function that gives one, or a promise of one. */
export function copyButton(text, {label = 'Copy', words = null} = {}) {
  const says = h('span', {class: words ? null : 'hidden-text'}, words ?? label);
  const button = h('button', {type: 'button', class: words ? 'button small' : 'button icon-button', title: label}, icon('copy'), says);
  button.addEventListener('click', async () => {
    let done = false;
    try {
      done = await copy(typeof text === 'function' ? await text() : text);
    } catch {
      // What was to be copied could not be had.
    }
    says.textContent = done ? 'Copied' : 'Not copied';
    button.classList.toggle('done', done);
    button.querySelector('.icon').replaceWith(icon(done ? 'accepted' : 'close'));
    setTimeout(() => {
      says.textContent = words ?? label;
      button.classList.remove('done');
      button.querySelector('.icon').replaceWith(icon('copy'));
    }, 1600);
  });
  return button;
}

/** A command or a file to take along. */
export function copyable(text, label) {
  return h('div', {class: 'copyable'}, h('pre', {tabindex: '0', 'aria-label': label}, h('code', null, text)), copyButton(text, {label: `Copy: ${label}`}));
}
