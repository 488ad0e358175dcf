// The rules of a scenario in their order, with how often each was hit.
import {copyButton} from './copy.js';
import {createKeyed, fill, h, icon} from './dom.js';
import {count, counted} from './format.js';

/** show(rules, unusedOnly), reveal(name); `remove(rule)` is called by the button of a rule. */
export function createRuleList({remove, failAddress}) {
  const list = h('ol', {class: 'plain', 'aria-label': 'Rules in their order'});
  const end = h('div', {class: 'rule-row built-in-row'});
  const element = h('div', {class: 'rule-list'}, list, end);
  // A posted rule may have the name of one that is gone.
  const key = (entry) => (entry.rule ? JSON.stringify([entry.rule.name, entry.rule.yaml, entry.rule.posted]) : 'nothing');
  const showRows = createKeyed(list, {key, make: (entry) => (entry.rule ? createRow(entry.rule, remove) : nothingRow())});

  function show(rules, unusedOnly) {
    const most = Math.max(1, ...rules.map((rule) => rule.hits));
    const rows = rules.map((rule, at) => ({rule, at, most})).filter(({rule}) => !unusedOnly || rule.hits === 0);
    showRows(unusedOnly && rows.length === 0 ? [{rule: null}] : rows);
    end.hidden = unusedOnly;
    fill(end, lastRow(rules.length, failAddress));
  }

  /** False when it is not there. */
  function reveal(name) {
    const row = [...list.children].find((one) => one.dataset.rule === name);
    if (!row) return false;
    row.scrollIntoView({block: 'center'});
    row.classList.add('marked');
    row.querySelector('summary').focus({preventScroll: true});
    return true;
  }

  return {element, show, reveal};
}

const nothingRow = () => ({node: h('li', {class: 'placeholder'}, 'Every rule was hit.'), update() {}});

function createRow(rule, remove) {
  const number = h('span', {class: 'rule-number'});
  const hits = h('strong');
  const matches = h('span', {class: 'faint'});
  const bar = h('span');
  const node = h('li', {class: 'rule-row', data: {rule: rule.name}}, h('details', null,
    h('summary', null, number,
      h('span', {class: 'rule-title'}, h('strong', null, rule.name),
        h('span', {class: 'chips'}, rule.at.map((stage) => h('span', {class: 'stage'}, stage)), rule.posted ? h('span', {class: 'stage posted'}, 'posted') : null)),
      h('span', {class: 'rule-hits'}, hits, matches, h('span', {class: 'hit-bar', 'aria-hidden': 'true'}, bar))),
    h('div', {class: 'rule-more'}, h('pre', {class: 'yaml', tabindex: '0', 'aria-label': 'The rule as YAML'}, rule.yaml),
      h('div', {class: 'actions'}, copyButton(rule.yaml, {words: 'Copy YAML', label: 'Copy the rule'}),
        h('button', {type: 'button', class: 'button small', onclick: () => remove(rule)}, icon('trash'), 'Remove'),
        rule.line ? h('span', {class: 'faint'}, `line ${rule.line} of the scenario`) : null))));
  return {
    node,
    update({rule: fresh, at, most}) {
      const never = fresh.hits === 0;
      node.classList.toggle('never', never);
      number.textContent = at + 1;
      hits.textContent = never ? 'never hit' : counted(fresh.hits, 'hit');
      matches.textContent = matchesOf(fresh);
      bar.style.width = `${Math.round((100 * fresh.hits) / most)}%`;
    },
  };
}

function matchesOf(rule) {
  const parts = [];
  if (rule.matches > rule.hits) parts.push(counted(rule.matches, 'match', 'matches'));
  if (rule.times !== null) parts.push(`at most ${count(rule.times)}`);
  if (rule.expect !== null) parts.push(`expected: ${rule.expect}`);
  return parts.join(' · ');
}

function lastRow(number, failAddress) {
  const none = number === 0;
  return [h('span', {class: 'rule-number'}, number + 1), h('div', {class: 'rule-title'},
    h('strong', null, none ? 'The built-in server answers everything' : 'Otherwise the built-in server answers'),
    h('p', {class: 'faint'}, none ? ['There are no rules. ', h('a', {href: failAddress}, 'Make the next attempt fail'), ', or change the scenario.'] : 'as a correct ESMTP server does'))];
}
