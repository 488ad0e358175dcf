// Tabs with an address each: arrows move between them, as the ARIA practices have it.
import {fill, h} from './dom.js';
import {count} from './format.js';

let groups = 0;

/** `tabs`: {name, title, note (a number), content()}; the content is made when it is shown first. */
export function createTabs({label, tabs, address}) {
  const group = ++groups;
  const made = new Map();
  const panel = h('div', {class: 'tab-panel', role: 'tabpanel', id: `panel-${group}`});
  const links = tabs.map((tab) => h('a', {
    role: 'tab', class: 'tab', id: `tab-${group}-${tab.name}`, href: address(tab.name), 'aria-controls': panel.id,
  }, tab.title, tab.note ? h('span', {class: 'tab-note'}, count(tab.note)) : null));
  const list = h('div', {class: 'tab-list', role: 'tablist', 'aria-label': label}, links);

  list.addEventListener('keydown', (event) => {
    const at = links.indexOf(document.activeElement);
    const to = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1}[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const link = links[(to + links.length) % links.length];
    link.focus();
    link.click();
  });

  return {
    element: h('div', {class: 'tabbed'}, list, panel),
    show(name) {
      const tab = tabs.find((one) => one.name === name) ?? tabs[0];
      for (const [at, link] of links.entries()) {
        const chosen = tabs[at] === tab;
        link.setAttribute('aria-selected', String(chosen));
        link.setAttribute('tabindex', chosen ? '0' : '-1');
        if (chosen) link.scrollIntoView({block: 'nearest', inline: 'nearest'});
      }
      panel.setAttribute('aria-labelledby', `tab-${group}-${tab.name}`);
      if (!made.has(tab)) made.set(tab, tab.content());
      fill(panel, made.get(tab));
    },
  };
}
