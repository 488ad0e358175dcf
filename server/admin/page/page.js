// The shell: which double and which view, by the hash; the bar above them; the keys.
import {get, pathOf, setTokenPrompt} from './api.js';
import {createDeliveriesView} from './deliveries.js';
import {isDialogOpen} from './dialog.js';
import {askForToken, openHelpDialog, openResetDialog} from './dialogs.js';
import {fill, h, icon} from './dom.js';
import {createDoublesView} from './doubles.js';
import {createFailView} from './fail.js';
import {count} from './format.js';
import {createMessagesView} from './messages.js';
import {createScenarioView} from './scenario.js';
import {createSessionsView} from './sessions.js';
import {createStore} from './store.js';
import {nextTheme, themeButton} from './theme_button.js';
import {errorList, toast} from './toast.js';

const VIEWS = [
  ['scenario', 'Scenario', createScenarioView, (double) => double.unused_rules && double.sessions ? `${count(double.unused_rules)} unused` : null],
  ['sessions', 'Sessions', createSessionsView, (double) => double.sessions],
  ['messages', 'Messages', createMessagesView, (double) => double.messages],
  ['deliveries', 'Deliveries', createDeliveriesView, () => null],
];
const ALL_VIEWS = [...VIEWS, ['fail', 'Fail next', createFailView, () => null]];
const LIVE = {
  connecting: ['Connecting', 'The stream of events is being opened'],
  live: ['Live', 'Everything appears here the moment it happens'],
  retrying: ['Reconnecting', 'The connection to the server is lost; click to try again now'],
  gone: ['Gone', 'This double was deleted'],
};

const main = document.getElementById('main');
const tabs = document.getElementById('tabs');
const switcher = document.getElementById('switcher');
const tools = document.getElementById('tools');
let app = null;      // of the double that is shown
let view = null;
let doublesView = null;
let version = null;
let doubles = [];
let hasBegun = false;  // something was shown

/** '#/main/sessions/3/text?x=y' -> {double, view, id, tab, query} */
function routeOf(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [double, name, id, tab] = path.split('/').map(decoded);
  return {double: double || null, view: name || 'sessions', id: /^\d+$/.test(id ?? '') ? Number(id) : null, tab: tab || null, query: new URLSearchParams(query)};
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What the views of one double are given. */
function createApp(name) {
  const store = createStore(name);
  const ends = [];
  const made = new Map();
  const created = {
    store,
    own: (end) => ends.push(end),
    link(viewName, id = null, parameters = {}, tab = null) {
      const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined)).toString();
      const path = [name, viewName, ...(id === null ? [] : [id]), ...(tab === null ? [] : [tab])].map(encodeURIComponent).join('/');
      return `#/${path}${query && `?${query}`}`;
    },
    go(address, {replace = false} = {}) {
      if (!replace) location.hash = address;
      else {
        history.replaceState(null, '', address);
        route();
      }
    },
    backLink: (viewName) => h('a', {class: 'button icon-button back', href: created.link(viewName), title: `Back to the ${viewName}`}, icon('back')),
    view(viewName) {
      const entry = ALL_VIEWS.find(([one]) => one === viewName);
      if (!entry) return null;
      if (!made.has(viewName)) made.set(viewName, entry[2](created));
      return made.get(viewName);
    },
    close() {
      store.close();
      for (const end of ends) end();
    },
  };
  created.own(store.on('double', renderBar));
  created.own(store.on('live', (state) => (state === 'gone' ? showGone(name) : renderLive())));
  created.own(store.on('trouble', (error) => toast(error.message, 'refused')));
  return created;
}

async function route() {
  const wanted = routeOf(location.hash);
  if (wanted.double === null) return showDoubles();
  hasBegun = true;
  if (app?.store.name !== wanted.double) {
    leave();
    if (!doubles.some((double) => double.name === wanted.double)) await refreshDoubles();
    if (!doubles.some((double) => double.name === wanted.double)) return showMissing(wanted.double);
    app = createApp(wanted.double);
    renderSwitcher();
  }
  const next = app.view(wanted.view) ?? app.view('sessions');
  if (view !== next) {
    view?.hide();
    view = next;
    fill(main, view.element);
  }
  view.show(wanted);
  renderBar();
  renderLive();
  const title = ALL_VIEWS.find(([name]) => name === wanted.view)?.[1] ?? 'Sessions';
  document.title = `${title}${wanted.id === null ? '' : ` #${wanted.id}`} · ${wanted.double} · smtp-double`;
  return null;
}

function leave() {
  view?.hide();
  view = null;
  app?.close();
  app = null;
}

async function showDoubles() {
  // One that is alone is shown at once; the list is for those who ask for it.
  if (doubles.length === 1 && !hasBegun) {
    history.replaceState(null, '', `#/${encodeURIComponent(doubles[0].name)}/sessions`);
    return route();
  }
  leave();
  hasBegun = true;
  doublesView ??= createDoublesView({refreshDoubles});
  view = doublesView;
  fill(main, view.element);
  view.show();
  renderBar();
  renderSwitcher();
  renderLive();
  document.title = 'Doubles · smtp-double';
  return null;
}

function showGone(name) {
  leave();
  doubles = doubles.filter((double) => double.name !== name);
  showMissing(name);
}

function showMissing(name) {
  fill(main, h('div', {class: 'empty'}, h('h2', null, `There is no double ${name}`), h('p', {class: 'empty-text'}, 'It may have been deleted, or the server was started anew.'),
    h('p', null, h('a', {href: '#/', class: 'button'}, 'All doubles'))));
  renderBar();
  renderSwitcher();
  renderLive();
}

async function refreshDoubles() {
  doubles = (await get(pathOf(['doubles']))).doubles;
  renderSwitcher();
}

function renderSwitcher() {
  const options = doubles.map((double) => h('option', {value: double.name, selected: double.name === app?.store.name}, double.name));
  const select = h('select', {'aria-label': 'Double'}, app ? null : h('option', {value: '', selected: true}, 'All doubles'), options);
  select.addEventListener('change', () => (location.hash = `#/${encodeURIComponent(select.value)}/${routeOf(location.hash).view}`));
  // Somebody may have started another one meanwhile.
  select.addEventListener('pointerdown', () => refreshDoubles().catch(() => {}), {once: true});
  fill(switcher, select);
  switcher.hidden = doubles.length < 2;
}

function makeTabs() {
  return ALL_VIEWS.map(([name, title, , noteOf]) => {
    const note = h('span', {class: 'tab-note', hidden: true});
    const link = h('a', {class: `view-link view-${name}`}, icon(name), h('span', null, title), note);
    return {
      link,
      update(current) {
        link.setAttribute('href', app.link(name));
        if (name === current) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
        const number = app.store.double ? noteOf(app.store.double) : null;
        note.hidden = !number;
        note.textContent = typeof number === 'number' ? count(number) : (number ?? '');
      },
    };
  });
}

const tabLinks = makeTabs();
fill(tabs, tabLinks.map(({link}) => link));

function renderBar() {
  tabs.hidden = app === null;
  if (!app) return;
  const current = routeOf(location.hash).view;
  for (const tab of tabLinks) tab.update(current);
}

const liveWord = h('span', {class: 'live-word'});
const live = h('button', {type: 'button', class: 'live', onclick: () => app?.store.retryNow()}, h('span', {class: 'live-dot', 'aria-hidden': 'true'}), liveWord);
const announced = h('span', {class: 'hidden-text', role: 'status'});

function renderLive() {
  live.hidden = app === null;
  resetButton.hidden = app === null;
  if (!app) return;
  const [word, title] = LIVE[app.store.live];
  live.className = `live live-${app.store.live}`;
  live.title = title;
  liveWord.textContent = word;
  if (announced.textContent !== word) announced.textContent = word;
}

const resetButton = h('button', {type: 'button', class: 'button icon-button', title: 'Reset (r)', onclick: () => app && openResetDialog(app)}, icon('reset'));

function renderTools() {
  fill(tools, live, announced, resetButton, themeButton(),
    h('button', {type: 'button', class: 'button icon-button help-button', title: 'Keys (?)', onclick: () => openHelpDialog(version)}, icon('help')));
}

const typing = (target) => target.closest?.('input, textarea, select, [contenteditable]') !== null;

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isDialogOpen() || typing(event.target)) return;
  if (view?.key(event)) return event.preventDefault();
  const go = /^[1-4]$/.test(event.key) ? VIEWS[Number(event.key) - 1][0] : event.key === 'f' ? 'fail' : null;
  if (go && app) app.go(app.link(go));
  else if (event.key === 'r' && app) openResetDialog(app);
  else if (event.key === 't') nextTheme();
  else if (event.key === '?') openHelpDialog(version);
  else return null;
  return event.preventDefault();
}

// The skip link would otherwise be taken for a route.
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});

async function start() {
  setTokenPrompt(askForToken);
  renderTools();
  tabs.hidden = true;
  switcher.hidden = true;
  live.hidden = true;
  resetButton.hidden = true;
  document.addEventListener('keydown', onKey);
  window.addEventListener('hashchange', () => route().catch(showTrouble));
  try {
    await refreshDoubles();
    get(pathOf(['version'])).then((answer) => (version = answer)).catch(() => {});
    await route();
  } catch (error) {
    showTrouble(error);
  }
}

function showTrouble(error) {
  fill(main, h('div', {class: 'empty'}, h('h2', null, 'The server does not answer'), errorList(error),
    h('button', {type: 'button', class: 'button', onclick: () => location.reload()}, 'Try again')));
}

start();
