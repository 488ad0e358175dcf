// The view of the scenario: what the double pretends to be, its rules, and which of them were never hit.
import {get, pathOf, remove} from './api.js';
import {copyButton} from './copy.js';
import {fill, h, icon} from './dom.js';
import {createChoice} from './filter.js';
import {count, duration} from './format.js';
import {codeChip} from './outcome.js';
import {createPaced} from './paced.js';
import {createRuleList} from './rule_list.js';
import {openScenarioDialog} from './scenario_dialog.js';
import {toast} from './toast.js';

export function createScenarioView(app) {
  const {store} = app;
  let visible = false;
  let unusedOnly = false;
  let marked = null;
  const head = h('header', {class: 'page-head scenario-head'});
  const counts = h('dl', {class: 'facts'});
  const summary = h('p', {class: 'faint rules-summary'});
  const rules = createRuleList({failAddress: app.link('fail'), remove: (rule) => removeRule(store, rule)});
  const states = createSection('States', (answer) => (answer.states.length < 2 ? null : statesOf(answer)));
  const misses = createSection('What no rule answered', (list) => (list.length === 0 ? null : missesOf(app, list)));
  const choice = createChoice({label: 'Which rules', value: '', options: [['', 'All rules', null], ['unused', 'Never hit', icon('quiet')]], choose(value) {
    unusedOnly = value === 'unused';
    renderRules();
  }});
  const element = h('div', {class: 'page'}, h('div', {class: 'page-column'}, head, counts,
    h('div', {class: 'section-head'}, h('h2', null, 'Rules'), summary, choice.element), rules.element, states.element, misses.element));

  let shownHead = '';
  function renderHead() {
    const {double, scenario} = store;
    if (!visible || !double || !scenario) return;
    const text = JSON.stringify([scenario.name, scenario.description, scenario.yaml]);
    if (text !== shownHead) fill(head, headOf(app, scenario));
    shownHead = text;
    fill(counts, factsOf(double).map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));
  }

  function renderRules() {
    if (!visible || !store.scenario) return;
    const all = store.rules.length;
    const unused = store.rules.filter((rule) => rule.hits === 0).length;
    summary.textContent = all === 0 ? '' : `tried in this order; ${unused === 0 ? 'each was hit' : `${count(unused)} of ${count(all)} never hit`}`;
    choice.element.hidden = all === 0;
    rules.show(store.rules, unusedOnly);
    if (marked !== null && rules.reveal(marked)) marked = null;
  }

  async function load() {
    try {
      const unmatched = pathOf(['doubles', store.name, 'unmatched'], {limit: 50});
      const [state, answer] = await Promise.all([get(store.at('state')), get(unmatched)]);
      states.show(state);
      misses.show(answer.unmatched.filter((one) => one.nearest.length > 0).slice(-10).reverse());
    } catch {
      // What is there stays until it can be asked for again.
    }
  }

  app.own(store.on('scenario', renderHead));
  app.own(store.on('double', renderHead));
  app.own(store.on('rules', renderRules));
  const paced = createPaced(load);
  app.own(paced.stop);
  app.own(store.on('activity', () => visible && paced.call()));
  return {
    element,
    show(route) {
      visible = true;
      marked = route.query.get('rule');
      renderHead();
      renderRules();
      store.refreshScenario();
      paced.call();
    },
    hide() {
      visible = false;
    },
    key: () => false,
  };
}

/** A part of the page that is there only when it has something to show, and changes only when that does. */
function createSection(label, contentOf) {
  const element = h('section', {class: 'section', 'aria-label': label, hidden: true});
  let shown = '';
  return {
    element,
    show(value) {
      const text = JSON.stringify(value);
      if (text === shown) return;
      shown = text;
      const content = contentOf(value);
      element.hidden = content === null;
      fill(element, content);
    },
  };
}

function headOf(app, scenario) {
  return [
    h('div', {class: 'head-row'}, h('div', null, h('p', {class: 'eyebrow'}, 'Scenario'), h('h1', null, scenario.name)),
      h('div', {class: 'actions'}, copyButton(() => app.store.scenario.yaml, {words: 'Copy YAML', label: 'Copy the scenario'}),
        h('button', {type: 'button', class: 'button small', onclick: () => openScenarioDialog(app)}, icon('scenario'), 'Change …'))),
    scenario.description ? h('p', {class: 'description'}, scenario.description) : null,
  ];
}

function factsOf(double) {
  const listeners = double.listeners.map(({kind, address}) => [kind, h('code', null, address)]);
  const selected = double.select ? [['Takes sessions with', Object.entries(double.select).map(([field, value]) => `${field} ${value}`).join(', ')]] : [];
  return [...listeners, ...selected, ['Seed', double.seed], ['Sessions', `${count(double.sessions)}${double.open_sessions > 0 ? `, ${count(double.open_sessions)} open` : ''}`], ['Messages', count(double.messages)]];
}

async function removeRule(store, rule) {
  try {
    await remove(store.at('rules', rule.name));
    toast(`Removed: ${rule.name}. A reset of the rules brings back those of the scenario.`);
  } catch (error) {
    toast(error.message, 'refused');
  }
  store.refreshRules();
  store.refreshDouble();
}

function statesOf({states, per, keys}) {
  return [
    h('div', {class: 'section-head'}, h('h2', null, 'States'), h('p', {class: 'faint'}, `${states.join(', ')}${per.length > 0 ? ` · one for each ${per.join(', ')}` : ''}`)),
    keys.length === 0 ? h('p', {class: 'faint'}, 'Still at start.') : h('table', {class: 'headers'}, h('tbody', null, keys.slice(0, 50).map(({key, state, age_ms: age}) =>
      h('tr', null, h('th', {scope: 'row'}, key || 'everything'), h('td', null, h('span', {class: 'stage'}, state), h('span', {class: 'faint'}, ` for ${duration(age)}`)))))),
  ];
}

function missesOf(app, list) {
  return [
    h('div', {class: 'section-head'}, h('h2', null, 'Near misses'), h('p', {class: 'faint'}, 'what no rule answered lately, and why the nearest ones did not')),
    h('ul', {class: 'plain misses-list'}, list.map((one) => h('li', null,
      h('p', null, one.code ? codeChip(one.code) : null, h('code', null, ` ${one.line ?? one.stage} `), h('a', {href: app.link('sessions', one.session)}, `session ${one.session}`)),
      h('ul', {class: 'plain'}, one.nearest.map(({rule, why}) => h('li', {class: 'faint'}, h('strong', null, `${rule}: `), why)))))),
  ];
}
