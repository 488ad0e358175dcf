// A modal dialog: <dialog> keeps the focus inside, closes on Escape and gives the focus back.
import {h, icon} from './dom.js';

let numbers = 0;

/** `required`: it can not be dismissed. Returns {close, element}. */
export function openDialog({title, body, actions = [], wide = false, required = false}) {
  const id = `dialog-${++numbers}`;
  const close = () => element.close();
  const element = h('dialog', {class: wide ? 'dialog wide' : 'dialog', 'aria-labelledby': id},
    h('div', {class: 'dialog-head'}, h('h2', {id}, title), required ? null : h('button', {type: 'button', class: 'button icon-button', title: 'Close', onclick: close}, icon('close'))),
    h('div', {class: 'dialog-body'}, body),
    actions.length > 0 ? h('div', {class: 'dialog-actions'}, required ? null : h('button', {type: 'button', class: 'button', onclick: close}, 'Cancel'), actions) : null);
  element.addEventListener('close', () => element.remove());
  element.addEventListener('cancel', (event) => required && event.preventDefault());
  element.addEventListener('click', (event) => event.target === element && !required && close());
  document.body.append(element);
  element.showModal();
  return {close, element};
}

export const isDialogOpen = () => document.querySelector('dialog[open]') !== null;
