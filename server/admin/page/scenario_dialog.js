// Another scenario for the double: one of the library, or YAML of one's own.
import {get, pathOf, sendYaml} from './api.js';
import {openDialog} from './dialog.js';
import {fill, h, icon} from './dom.js';
import {errorList, toast} from './toast.js';

export function openScenarioDialog(app) {
  const {store} = app;
  const problems = h('div');
  const editor = h('textarea', {class: 'editor', spellcheck: 'false', 'aria-label': 'The scenario as YAML', value: store.scenario?.yaml ?? ''});
  const search = h('input', {type: 'search', placeholder: 'Search the library', 'aria-label': 'Search the library', autocomplete: 'off', spellcheck: 'false'});
  const list = h('ul', {class: 'plain library', 'aria-label': 'The library of scenarios'});
  const serve = h('button', {type: 'button', class: 'button primary', onclick: () => replace()}, 'Serve it');
  const body = h('div', {class: 'scenario-dialog'},
    h('div', {class: 'library-side'}, h('label', {class: 'filter'}, icon('search'), search), list),
    h('div', {class: 'editor-side'}, editor, problems));
  const dialog = openDialog({title: 'Change the scenario', body, actions: [serve], wide: true});
  let scenarios = [];

  async function replace() {
    fill(problems);
    serve.disabled = true;
    try {
      const {name} = await sendYaml('PUT', store.at('scenario'), editor.value);
      toast(`Serving ${name}. Sessions that were open keep the old scenario.`);
      dialog.close();
      store.refreshScenario();
      store.refreshDouble();
    } catch (error) {
      fill(problems, errorList(error));
      moveTo(error.errors?.[0]);
    } finally {
      serve.disabled = false;
    }
  }

  /** The cursor goes where the first mistake is. */
  function moveTo(mistake) {
    if (!mistake?.line) return;
    const before = editor.value.split('\n').slice(0, mistake.line - 1).join('\n').length + (mistake.line > 1 ? 1 : 0);
    editor.focus();
    editor.setSelectionRange(before, before + (editor.value.slice(before).split('\n')[0]?.length ?? 0));
  }

  async function choose(name) {
    try {
      editor.value = (await get(pathOf(['library', ...name.split('/')]))).yaml;
      editor.scrollTop = 0;
      fill(problems);
    } catch (error) {
      fill(problems, errorList(error));
    }
    for (const button of list.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.dataset.name === name));
  }

  function render() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = scenarios.filter(({name, purpose}) => words.every((word) => `${name} ${purpose}`.toLowerCase().includes(word)));
    fill(list, found.map(({name, purpose}) => h('li', null, h('button', {type: 'button', 'aria-pressed': 'false', data: {name}, onclick: () => choose(name)}, h('strong', null, name), h('span', {class: 'faint'}, purpose)))),
      found.length === 0 ? h('li', {class: 'faint'}, 'No scenario is like that.') : null);
  }

  search.addEventListener('input', render);
  get(pathOf(['library'])).then((answer) => {
    scenarios = answer.scenarios;
    render();
  }).catch((error) => fill(problems, errorList(error)));
  search.focus();
}

