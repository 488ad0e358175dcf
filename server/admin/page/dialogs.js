// The small dialogs: token, reset, keys.
import {download, pathOf, post} from './api.js';
import {openDialog} from './dialog.js';
import {field, fill, h, icon} from './dom.js';
import {errorList, toast} from './toast.js';

/** Resolves with what was typed in. */
export function askForToken(again) {
  return new Promise((resolve) => {
    const input = h('input', {type: 'password', autocomplete: 'current-password', required: true, id: 'token'});
    const form = h('form', {class: 'stack'}, h('p', null, 'This server was started with ', h('code', null, '--admin-token'), '. The token stays in this tab only.'),
      again ? h('p', {class: 'finding tone-refused', role: 'alert'}, icon('warning'), h('span', null, 'That was not the token.')) : null,
      field('Token', input), h('button', {type: 'submit', class: 'button primary'}, 'Go on'));
    const dialog = openDialog({title: 'A token, please', body: form, required: true});
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      dialog.close();
      resolve(input.value);
    });
    input.focus();
  });
}

const PARTS = [
  ['all', 'Everything', 'as if it had just been started: sessions are numbered from 1 again'],
  ['rules', 'The rules', 'back to the scenario as it was loaded; posted rules go'],
  ['progress', 'The progress', 'hits, states and the clock begin anew'],
  ['journal', 'The journal', 'sessions and deliveries are forgotten'],
  ['mailbox', 'The mailbox', 'messages are forgotten'],
];

export function openResetDialog(app) {
  const problems = h('div');
  const choices = PARTS.map(([value, words, hint], at) => h('label', {class: 'reset-choice'}, h('input', {type: 'radio', name: 'what', value, checked: at === 0}), h('span', null, h('strong', null, words), h('span', {class: 'faint'}, hint))));
  const form = h('form', {class: 'stack', id: 'reset-form'}, h('fieldset', {class: 'reset-choices'}, h('legend', {class: 'hidden-text'}, 'What is reset'), choices),
    h('p', {class: 'faint'}, 'The first three close open sessions and cancel what is delayed.'), problems);
  const dialog = openDialog({title: `Reset ${app.store.name}`, body: form, actions: [h('button', {type: 'submit', form: 'reset-form', class: 'button danger'}, icon('reset'), 'Reset')]});
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const what = new FormData(form).get('what');
    try {
      await post(pathOf(['doubles', app.store.name, 'reset'], {what}));
      dialog.close();
      toast(`Reset: ${PARTS.find(([value]) => value === what)[1].toLowerCase()}`);
      app.store.reloadAll();
    } catch (error) {
      fill(problems, errorList(error));
    }
  });
  form.querySelector('input').focus();
}

/** With a token a link alone would be refused. */
function openapiLink() {
  return h('a', {href: '/openapi.json', onclick(event) {
    event.preventDefault();
    download('/openapi.json', 'openapi.json').catch((error) => toast(error.message, 'refused'));
  }}, 'openapi.json');
}

const KEYS = [
  ['1 – 4', 'Scenario, sessions, messages, deliveries'], ['f', 'Make the next attempts fail'], ['j  k  ↓  ↑', 'The next and the previous one of a list'],
  ['/', 'Filter the list'], ['Esc', 'Close what is open'], ['r', 'Reset'], ['t', 'Light, dark, or as the system has it'], ['?', 'These keys'],
];

export function openHelpDialog(version) {
  openDialog({title: 'Keys', body: [
    h('dl', {class: 'keys'}, KEYS.map(([keys, words]) => h('div', null, h('dt', null, keys.split('  ').map((key) => h('kbd', null, key))), h('dd', null, words)))),
    h('p', {class: 'faint'}, 'In a dialogue: Tab goes from one reply code to the next, Enter explains it.'),
    h('p', {class: 'faint'}, version ? `${version.name} ${version.version} · ` : '', 'the API is described by ', openapiLink()),
  ]});
}
