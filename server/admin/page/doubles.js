// All doubles of the program, where there are several; and a new one.
import {get, pathOf, remove, sendJson} from './api.js';
import {openDialog} from './dialog.js';
import {createKeyed, field, fill, h, icon} from './dom.js';
import {count, counted} from './format.js';
import {errorList, toast} from './toast.js';

const LOOK_AGAIN_MS = 3000;

export function createDoublesView(shell) {
  const body = h('div', {class: 'double-cards'});
  const problems = h('div');
  const show = createKeyed(body, {key: (double) => double.name, make: (double) => createCard(double, load)});
  const element = h('div', {class: 'page'}, h('div', {class: 'page-column'},
    h('header', {class: 'page-head head-row'}, h('div', null, h('h1', null, 'Doubles'), h('p', {class: 'faint'}, 'Each has its own ports, scenario, journal and mailbox.')),
      h('div', {class: 'actions'}, h('button', {type: 'button', class: 'button', onclick: () => openNewDialog(shell, load)}, icon('plus'), 'New double'))), problems, body));
  let timer = null;

  async function load() {
    clearTimeout(timer);
    try {
      const {doubles} = await get(pathOf(['doubles']));
      fill(problems);
      show(doubles);
    } catch (error) {
      fill(problems, errorList(error));
    }
    if (timer !== false) timer = setTimeout(load, LOOK_AGAIN_MS);
  }

  return {
    element,
    show() {
      timer = null;
      load();
    },
    hide() {
      clearTimeout(timer);
      timer = false;
    },
    key: () => false,
  };
}

function createCard({name}, changed) {
  let current = null;
  const facts = h('div', {class: 'stack tight'});
  const node = h('article', {class: 'card double-card'},
    h('div', {class: 'card-head'}, h('h2', null, h('a', {href: `#/${encodeURIComponent(name)}/sessions`, class: 'cover'}, name)),
      name === 'main' ? null : h('button', {type: 'button', class: 'button icon-button above', title: `Delete ${name}`, onclick: () => openDeleteDialog(current, changed)}, icon('trash'))),
    facts);
  return {
    node,
    update(double) {
      current = double;
      fill(facts, factsOf(double));
    },
  };
}

function factsOf(double) {
  const pair = (name, value) => h('li', null, h('span', {class: 'faint'}, name), ' ', h('code', null, value));
  return [
    h('p', null, double.scenario, h('span', {class: 'faint'}, ` · ${counted(double.rules, 'rule')}${double.unused_rules > 0 ? `, ${count(double.unused_rules)} never hit` : ''}`)),
    h('ul', {class: 'plain'}, double.listeners.map(({kind, address}) => pair(kind, address)), Object.entries(double.select ?? {}).map(([field, value]) => pair(field, value))),
    h('p', {class: 'faint'}, `${counted(double.sessions, 'session')}${double.open_sessions > 0 ? `, ${count(double.open_sessions)} open` : ''} · ${counted(double.messages, 'message')}`),
  ];
}

function openDeleteDialog(double, changed) {
  const problems = h('div');
  const button = h('button', {
    type: 'button', class: 'button danger',
    async onclick() {
      try {
        await remove(pathOf(['doubles', double.name]));
        dialog.close();
        changed();
      } catch (error) {
        fill(problems, errorList(error));
      }
    },
  }, icon('trash'), 'Delete');
  const dialog = openDialog({title: `Delete ${double.name}?`, body: [h('p', null, 'Its listeners, sessions and messages go with it.'), problems], actions: [button]});
}

async function openNewDialog(shell, changed) {
  const problems = h('div');
  const name = h('input', {type: 'text', placeholder: 'made up', pattern: '[A-Za-z0-9._\\-]*', autocomplete: 'off', spellcheck: 'false'});
  const scenario = h('select', null, h('option', {value: 'default'}, 'default'));
  const kinds = ['smtp', 'smtps', 'lmtp'].map((kind, at) => h('label', {class: 'radio'}, h('input', {type: 'checkbox', value: kind, checked: at === 0}), h('span', null, kind)));
  const form = h('form', {class: 'stack', id: 'new-double'},
    field('Name', name), field('Scenario of the library', scenario),
    h('fieldset', {class: 'radios'}, h('legend', {class: 'field-name'}, 'Listens on a free port for'), kinds), problems);
  const dialog = openDialog({title: 'A new double', body: form, actions: [h('button', {type: 'submit', form: 'new-double', class: 'button primary'}, 'Start it')]});
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const listen = kinds.map((label) => label.firstChild).filter((box) => box.checked).map((box) => box.value);
    try {
      const double = await sendJson('POST', pathOf(['doubles']), {...(name.value ? {name: name.value} : {}), scenario: {library: scenario.value}, listen});
      dialog.close();
      toast(`Started: ${double.name}`);
      changed();
      shell.refreshDoubles();
    } catch (error) {
      fill(problems, errorList(error));
    }
  });
  name.focus();
  try {
    const {scenarios} = await get(pathOf(['library']));
    fill(scenario, scenarios.map((one) => h('option', {value: one.name, selected: one.name === 'default', title: one.purpose}, one.name)));
  } catch {
    // There is still the default one to choose.
  }
}
