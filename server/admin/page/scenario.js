// The view of the scenario: what the double pretends to be, its rules, and which of them were never hit.
import {get, pathOf, remove} from './api.js';
import {copyButton} from './copy.js';
import {fill, h, icon} from './dom.js';
import {createChoice} from './filter.js';
import {count, counted, duration} from './format.js';
import {codeChip} from './outcome.js';
import {createPaced} from './paced.js';
import {openScenarioDialog} from './scenario_dialog.js';
import {toast} from './toast.js';

export function createScenarioView(app) {
  const {store} = app;
  let visible = false;
  let unusedOnly = false;
  let marked = null;
  const opened = new Set();  // names of rules whose YAML is shown
  const head = h('header', {class: 'page-head scenario-head'});
  const rules = h('ol', {class: 'plain rule-list', 'aria-label': 'Rules in their order'});
  const states = h('section', {class: 'section', 'aria-label': 'States'});
  const unmatched = h('section', {class: 'section', 'aria-label': 'What no rule answered'});
  const summary = h('p', {class: 'faint rules-summary'});
  const choice = createChoice({label: 'Which rules', value: '', options: [['', 'All rules', null], ['unused', 'Never hit', icon('quiet')]], choose(value) {
    unusedOnly = value === 'unused';
    renderRules();
  }});
  const element = h('div', {class: 'page'}, h('div', {class: 'page-column'}, head,
    h('div', {class: 'section-head'}, h('h2', null, 'Rules'), summary, choice.element), rules, states, unmatched));

  function renderHead() {
    const {double, scenario} = store;
    if (!double || !scenario) return;
    fill(head,
      h('div', {class: 'head-row'}, h('div', null, h('p', {class: 'eyebrow'}, 'Scenario'), h('h1', null, scenario.name || double.scenario)),
        h('div', {class: 'actions'}, copyButton(() => scenario.yaml, {words: 'Copy YAML', label: 'Copy the scenario'}),
          h('button', {type: 'button', class: 'button', onclick: () => openScenarioDialog(app)}, icon('scenario'), 'Change …'))),
      scenario.description ? h('p', {class: 'description'}, scenario.description) : null,
      h('dl', {class: 'facts'}, factsOf(double).map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value)))));
  }

  function renderRules() {
    if (!visible || !store.scenario) return;
    const unused = store.rules.filter((rule) => rule.hits === 0).length;
    fill(summary, store.rules.length === 0 ? '' : `tried in this order; ${unused === 0 ? 'each was hit' : `${count(unused)} of ${count(store.rules.length)} never hit`}`);
    choice.element.hidden = store.rules.length === 0;
    const shown = store.rules.map((rule, at) => [rule, at]).filter(([rule]) => !unusedOnly || rule.hits === 0);
    const most = Math.max(1, ...store.rules.map((rule) => rule.hits));
    const focused = document.activeElement?.closest?.('.rule-row')?.dataset.rule;
    fill(rules, shown.map(([rule, at]) => ruleRow(rule, at, most)), unusedOnly && shown.length === 0
      ? h('li', {class: 'placeholder'}, 'Every rule was hit.') : null, unusedOnly ? null : lastRow(store.rules.length));
    if (focused !== undefined) [...rules.children].find((row) => row.dataset.rule === focused)?.querySelector('summary')?.focus();
    reveal();
  }

  function reveal() {
    if (marked === null) return;
    const row = [...rules.children].find((one) => one.dataset.rule === marked);
    if (!row) return;
    row.scrollIntoView({block: 'center'});
    row.classList.add('marked');
    row.querySelector('summary')?.focus({preventScroll: true});
    marked = null;
  }

  function ruleRow(rule, at, most) {
    const never = rule.hits === 0;
    const bar = h('span', {class: 'hit-bar', 'aria-hidden': 'true'}, h('span'));
    bar.firstChild.style.width = `${Math.round((100 * rule.hits) / most)}%`;
    const details = h('details', {open: opened.has(rule.name)},
      h('summary', null,
        h('span', {class: 'rule-number'}, at + 1),
        h('span', {class: 'rule-title'}, h('strong', null, rule.name), h('span', {class: 'chips'}, rule.at.map((stage) => h('span', {class: 'stage'}, stage)), rule.posted ? h('span', {class: 'stage posted'}, 'posted') : null)),
        h('span', {class: 'rule-hits'}, h('strong', null, never ? 'never hit' : counted(rule.hits, 'hit')), h('span', {class: 'faint'}, matchesOf(rule)), bar)),
      h('div', {class: 'rule-more'}, h('pre', {class: 'yaml', tabindex: '0', 'aria-label': 'The rule as YAML'}, rule.yaml),
        h('div', {class: 'actions'}, copyButton(rule.yaml, {words: 'Copy YAML', label: 'Copy the rule'}),
          h('button', {type: 'button', class: 'button small', onclick: () => removeRule(rule)}, icon('trash'), 'Remove'),
          rule.line ? h('span', {class: 'faint'}, `line ${rule.line} of the scenario`) : null)));
    details.addEventListener('toggle', () => (details.open ? opened.add(rule.name) : opened.delete(rule.name)));
    return h('li', {class: never ? 'rule-row never' : 'rule-row', data: {rule: rule.name}}, details);
  }

  async function removeRule(rule) {
    try {
      await remove(store.at('rules', rule.name));
      toast(`Removed: ${rule.name}. A reset of the rules brings back those of the scenario.`);
    } catch (error) {
      toast(error.message, 'refused');
    }
    store.refreshRules();
    store.refreshDouble();
  }

  async function loadStates() {
    try {
      renderStates(await get(store.at('state')));
    } catch {
      fill(states);
    }
  }

  function renderStates({states: names, per, keys}) {
    if (names.length < 2) return fill(states);
    return fill(states, h('div', {class: 'section-head'}, h('h2', null, 'States'), h('p', {class: 'faint'}, `${names.join(', ')}${per.length > 0 ? ` · one for each ${per.join(', ')}` : ''}`)),
      keys.length === 0 ? h('p', {class: 'faint'}, 'Still at start.') : h('table', {class: 'headers'}, h('tbody', null, keys.slice(0, 50).map(({key, state, age_ms: age}) =>
        h('tr', null, h('th', {scope: 'row'}, key || 'everything'), h('td', null, h('span', {class: 'stage'}, state), h('span', {class: 'faint'}, ` for ${duration(age)}`)))))));
  }

  async function loadUnmatched() {
    try {
      const answer = await get(pathOf(['doubles', store.name, 'unmatched'], {limit: 50}));
      renderUnmatched(answer.unmatched.filter((one) => one.nearest.length > 0).slice(-10).reverse());
    } catch {
      fill(unmatched);
    }
  }

  function renderUnmatched(list) {
    if (list.length === 0) return fill(unmatched);
    return fill(unmatched, h('div', {class: 'section-head'}, h('h2', null, 'Near misses'), h('p', {class: 'faint'}, 'what no rule answered lately, and why the nearest ones did not')),
      h('ul', {class: 'plain misses-list'}, list.map((one) => h('li', null,
        h('p', null, one.code ? codeChip(one.code) : null, h('code', null, ` ${one.line ?? one.stage} `), h('a', {href: app.link('sessions', one.session)}, `session ${one.session}`)),
        h('ul', {class: 'plain'}, one.nearest.map(({rule, why}) => h('li', {class: 'faint'}, h('strong', null, `${rule}: `), why)))))));
  }

  function lastRow(number) {
    return h('li', {class: 'rule-row built-in-row'}, h('span', {class: 'rule-number'}, number + 1), h('span', {class: 'rule-title'},
      h('strong', null, number === 0 ? 'The built-in server answers everything' : 'Otherwise the built-in server answers'),
      h('span', {class: 'faint'}, number === 0 ? ['There are no rules. ', h('a', {href: app.link('fail')}, 'Make the next attempt fail'), ', or change the scenario.'] : 'as a correct ESMTP server does')));
  }

  app.own(store.on('scenario', () => visible && renderHead()));
  app.own(store.on('double', () => visible && renderHead()));
  app.own(store.on('rules', renderRules));
  const paced = createPaced(() => Promise.all([loadStates(), loadUnmatched()]));
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
      loadStates();
      loadUnmatched();
    },
    hide() {
      visible = false;
    },
    key: () => false,
  };
}

function matchesOf(rule) {
  const parts = [];
  if (rule.matches > rule.hits) parts.push(counted(rule.matches, 'match', 'matches'));
  if (rule.times !== null) parts.push(`at most ${count(rule.times)}`);
  if (rule.expect !== null) parts.push(`expected: ${rule.expect}`);
  return parts.join(' · ');
}

function factsOf(double) {
  const listeners = double.listeners.map(({kind, address}) => [kind, h('span', {class: 'with-copy'}, h('code', null, address), copyButton(address, {label: `Copy ${address}`}))]);
  const selected = double.select ? [['Takes sessions with', Object.entries(double.select).map(([field, value]) => `${field} ${value}`).join(', ')]] : [];
  return [...listeners, ...selected, ['Seed', double.seed], ['Sessions', `${count(double.sessions)}${double.open_sessions > 0 ? `, ${count(double.open_sessions)} open` : ''}`], ['Messages', count(double.messages)]];
}
