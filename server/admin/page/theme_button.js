// Light, dark, or as the system has it.
import {fill, h, icon} from './dom.js';

const KEY = 'smtp-double.theme';
const THEMES = {system: 'as the system has it', light: 'light', dark: 'dark'};
const button = h('button', {type: 'button', class: 'button icon-button', onclick: () => nextTheme()});

const current = () => document.documentElement.dataset.theme ?? 'system';

export function nextTheme() {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf(current()) + 1) % names.length];
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // It holds for as long as the page is open then.
  }
  render();
}

function render() {
  button.title = `Theme: ${THEMES[current()]} (t)`;
  fill(button, icon(current()), h('span', {class: 'hidden-text'}, button.title));
}

export function themeButton() {
  render();
  return button;
}
