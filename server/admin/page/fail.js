// The form that makes the next attempts fail: it writes a rule, shows it, and posts it on top of the scenario.
import {explain, remove, sendYaml} from './api.js';
import {copyButton} from './copy.js';
import {createKeyed, field, fill, h, icon} from './dom.js';
import {count, counted} from './format.js';
import {toneOfCode} from './outcome.js';
import {knowsRecipient, knowsSender, loadStages, nounOf} from './stages.js';
import {errorList, toast} from './toast.js';
import {ruleYaml} from './yaml.js';

const HOWS = [['reply', 'Answer with a code'], ['close', 'Close'], ['reset', 'Reset (RST)'], ['hang', 'Hang']];
const COMMON = [421, 450, 451, 452, 454, 500, 501, 502, 503, 530, 535, 550, 551, 552, 553, 554];
const START = {stage: 'rcpt', times: 1, how: 'reply', code: '450', enhanced: '', text: '', then: '', delay: '', sender: '', recipient: '', name: ''};

export function createFailView(app) {
  const {store} = app;
  const rule = {...START};
  let stages = {groups: [['Stages', [['rcpt', 'rcpt']]]], codes: new Map()};
  const fields = createFields(rule, changed);
  const preview = h('pre', {class: 'yaml', tabindex: '0', 'aria-label': 'The rule as YAML'});
  const sentence = h('p', {class: 'sentence', 'aria-live': 'polite'});
  const meaning = h('p', {class: 'code-meaning'});
  const suggestions = h('div', {class: 'suggestions', role: 'group', 'aria-label': 'Codes that are usual there'});
  const problems = h('div');
  const nothing = h('p', {class: 'faint'}, 'Nothing yet. Rules that you arm here, or post by the API, are listed with what is left of them.');
  const armedList = h('ul', {class: 'plain armed-list'});
  const armed = h('section', {class: 'armed', 'aria-label': 'Armed rules'}, h('div', {class: 'card-head'}, h('h2', null, 'Armed now')), nothing, armedList);
  const showArmed = createKeyed(armedList, {key: (one) => one.name, make: (one) => armedRow(store, one)});
  fields.place({meaning, suggestions});

  const form = h('form', {class: 'fail-form card', novalidate: true, 'aria-label': 'Make the next attempts fail'}, fields.element,
    h('div', {class: 'form-end'}, problems, h('button', {type: 'submit', class: 'button primary'}, icon('fail'), 'Arm it')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    arm();
  });

  const element = h('div', {class: 'page'}, h('div', {class: 'page-column wide'},
    h('header', {class: 'page-head'}, h('h1', null, 'Fail the next …'), h('p', {class: 'faint'}, 'The rule goes on top of the scenario, is obeyed from the next command on, and steps aside when it is used up.')),
    h('div', {class: 'fail-columns'}, form,
      h('div', {class: 'fail-side'},
        h('section', {class: 'card', 'aria-label': 'The rule'}, h('div', {class: 'card-head'}, h('h2', null, 'The rule'), copyButton(() => preview.textContent, {words: 'Copy YAML', label: 'Copy the YAML'})), sentence, preview,
          h('p', {class: 'faint'}, 'Put it under ', h('code', null, 'rules:'), ' of a scenario to keep it.')),
        armed))));

  function changed() {
    fields.update(stages);
    preview.textContent = ruleYaml(shownRule());
    fill(sentence, sentenceOf(rule));
    updateSuggestions();
    updateMeaning();
    fill(problems);
  }

  /** What the stage knows nothing of is no condition there. */
  function shownRule() {
    return {...rule, sender: knowsSender(rule.stage) ? rule.sender.trim() : '', recipient: knowsRecipient(rule.stage) ? rule.recipient.trim() : '', name: rule.name.trim(), delay: rule.delay.trim(), text: rule.text.trim(), enhanced: rule.enhanced.trim()};
  }

  function updateSuggestions() {
    const listed = (stages.codes.get(rule.stage) ?? COMMON).filter((code) => code >= 400);
    const shown = listed.length > 0 ? listed : COMMON;
    fill(suggestions, shown.map((code) => h('button', {
      type: 'button', class: `code code-button tone-${toneOfCode(code)}`, 'aria-pressed': String(String(code) === rule.code),
      onclick: () => fields.set('code', String(code)),
    }, code)));
  }

  async function updateMeaning() {
    const {code, stage} = rule;
    if (!/^[1-5]\d\d$/.test(code)) {
      return fill(meaning, h('span', {class: 'tone-text-refused'}, 'A reply code has three digits, from 100 to 599.'));
    }
    try {
      const {code: entry} = await explain(code);
      if (rule.code !== code || rule.stage !== stage) return null;
      return fill(meaning, h('strong', null, entry.name ?? entry.short_text), '. ', entry.client ?? entry.digits[0].meaning);
    } catch {
      return fill(meaning);
    }
  }

  async function arm() {
    fill(problems);
    try {
      const {rules} = await sendYaml('POST', store.at('rules'), preview.textContent);
      toast(`Armed: ${rules.map((one) => one.name).join(', ')}`, 'accepted');
      fields.set('name', '');
      await store.refreshRules();
      store.refreshDouble();
    } catch (error) {
      fill(problems, errorList(error));
    }
  }

  function renderArmed() {
    const posted = store.rules.filter((one) => one.posted);
    nothing.hidden = posted.length > 0;
    showArmed(posted);
  }

  app.own(store.on('rules', renderArmed));
  loadStages().then((loaded) => {
    stages = loaded;
    changed();
  }).catch(() => {});
  changed();
  return {
    element,
    show(route) {
      const stage = route.query.get('stage');
      const code = route.query.get('code');
      if (stage) rule.stage = stage;
      if (code) Object.assign(rule, {code, how: 'reply'});
      if (stage || code) changed();
      renderArmed();
      store.refreshRules();
    },
    hide() {},
    key: () => false,
  };
}

function sentenceOf(rule) {
  const times = rule.times === null ? 'Every' : rule.times === 1 ? 'The next' : `The next ${count(rule.times)}`;
  const noun = nounOf(rule.stage, rule.times ?? 1);
  const what = {reply: ['answered with ', h('span', {class: `code tone-${toneOfCode(Number(rule.code) || null)}`}, rule.code || '…')], close: 'cut off: the connection is closed', reset: 'cut off: the connection is reset', hang: 'never answered'}[rule.how];
  return [`${times} ${noun} ${rule.times === 1 || rule.times === null ? 'is' : 'are'} `, what, '.'];
}

function armedRow(store, {name}) {
  const state = h('p', {class: 'faint'});
  const picture = h('span', {class: 'armed-icon'});
  const button = h('button', {
    type: 'button', class: 'button icon-button', title: `Remove ${name}`,
    async onclick() {
      try {
        await remove(store.at('rules', name));
      } catch (error) {
        if (error.status !== 404) toast(error.message, 'refused');
      }
      store.refreshRules();
      store.refreshDouble();
    },
  }, icon('trash'));
  const node = h('li', {class: 'armed-row'}, picture, h('div', {class: 'armed-name'}, h('strong', null, name), state), button);
  return {
    node,
    update(rule) {
      const left = rule.times === null ? null : Math.max(0, rule.times - rule.hits);
      node.classList.toggle('spent', left === 0);
      fill(picture, icon(left === 0 ? 'accepted' : 'fail'));
      state.textContent = `at ${rule.at.join(', ')} · ${leftOf(rule, left)}`;
    },
  };
}

function leftOf(rule, left) {
  if (left === null) return counted(rule.hits, 'hit');
  return left === 0 ? 'used up' : `${count(left)} of ${count(rule.times)} left`;
}

/** The inputs; each writes into `rule` and calls `changed`. */
function createFields(rule, changed) {
  const inputs = {};
  const bind = (name, input, read = (value) => value) => {
    input.addEventListener('input', () => {
      rule[name] = read(input.value);
      changed();
    });
    inputs[name] = input;
    return input;
  };
  const text = (name, more) => bind(name, h('input', {type: 'text', value: rule[name], autocomplete: 'off', spellcheck: 'false', ...more}));

  const stage = bind('stage', h('select'));
  const times = bind('times', h('input', {type: 'number', min: '1', max: '1000000', value: '1', inputmode: 'numeric'}), (value) => Math.max(1, Math.floor(Number(value)) || 1));
  const always = h('input', {type: 'checkbox', onchange() {
    rule.times = always.checked ? null : Math.max(1, Number(times.value) || 1);
    times.disabled = always.checked;
    changed();
  }});
  const hows = HOWS.map(([value, words]) => h('label', {class: 'radio'}, h('input', {type: 'radio', name: 'how', value, onchange() {
    rule.how = value;
    changed();
  }}), h('span', null, words)));
  const code = text('code', {inputmode: 'numeric', maxlength: '3', class: 'code-input', required: true});
  const then = bind('then', h('select', null, [['', 'by the code'], ['continue', 'go on'], ['close', 'close'], ['reset', 'reset (RST)'], ['half-close', 'half-close'], ['hang', 'say no more']].map(([value, words]) => h('option', {value}, words))));
  const sender = field('Only from', text('sender', {placeholder: '*@example.com'}));
  const recipient = field('Only to', text('recipient', {placeholder: 'ann@example.com'}));
  const codeHint = h('div', {class: 'code-hint'});
  const replyPart = h('div', {class: 'stack'},
    h('div', {class: 'field-row'}, field('Code', code), field('Enhanced code', text('enhanced', {placeholder: '4.2.1', class: 'code-input enhanced-input'})), h('div', {class: 'grow'}, field('Text', text('text', {placeholder: 'as usual for the code'})))),
    codeHint);
  const more = h('details', {class: 'more'}, h('summary', null, 'More: conditions, delay, name'),
    h('div', {class: 'stack'}, h('div', {class: 'field-row'}, h('div', {class: 'grow'}, sender), h('div', {class: 'grow'}, recipient)),
      h('div', {class: 'field-row'}, field('Delay before it', text('delay', {placeholder: '2s', class: 'short-input'})), field('And then', then), h('div', {class: 'grow'}, field('Name of the rule', text('name', {placeholder: 'made up'}))))));

  const element = h('div', {class: 'stack'},
    h('div', {class: 'field-row'}, field('How many', times), h('div', {class: 'grow'}, field('At', stage))),
    h('label', {class: 'radio check'}, always, h('span', null, 'Every one, until it is removed')),
    h('fieldset', {class: 'radios'}, h('legend', {class: 'field-name'}, 'What happens'), hows),
    replyPart, more);

  let filled = null;
  function fillStages(stages) {
    if (filled === stages) return;
    filled = stages;
    fill(stage, stages.groups.map(([title, members]) => h('optgroup', {label: title}, members.map(([value, words]) => h('option', {value}, words)))));
  }

  return {
    element,
    place: ({meaning, suggestions}) => fill(codeHint, suggestions, meaning),
    set(name, value) {
      rule[name] = value;
      changed();
    },
    update(stages) {
      fillStages(stages);
      if (stage.value !== rule.stage) stage.value = rule.stage;
      for (const name of ['code', 'enhanced', 'text', 'sender', 'recipient', 'delay', 'name', 'then']) {
        if (inputs[name].value !== rule[name]) inputs[name].value = rule[name];
      }
      for (const label of hows) label.firstChild.checked = label.firstChild.value === rule.how;
      replyPart.hidden = rule.how !== 'reply';
      then.closest('.field').hidden = rule.how !== 'reply';
      sender.hidden = !knowsSender(rule.stage);
      recipient.hidden = !knowsRecipient(rule.stage);
    },
  };
}
