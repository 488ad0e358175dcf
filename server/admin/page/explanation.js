// What a reply code means, digit by digit.
import {explain} from './api.js';
import {fill, h, icon} from './dom.js';
import {badge, toneOfCode} from './outcome.js';
import {errorList} from './toast.js';

/** "450 4.7.1" of "450 4.7.1 Greylisted"; null where no code is. */
export function replyIn(text) {
  const found = /^(\d{3})(?:[ -]([245]\.\d{1,3}\.\d{1,3})(?!\d))?/.exec(text);
  return found ? found[1] + (found[2] ? ` ${found[2]}` : '') : null;
}

let panels = 0;

/** A panel that is filled when it is opened first, and what opens it; `failHere` leads to the form for that place. */
export function createExplanation(reply, stage, failHere) {
  const panel = h('div', {class: 'explanation', id: `explanation-${++panels}`, role: 'region', 'aria-label': `What ${reply} means`, hidden: true});
  const buttons = [];
  let asked = false;

  function toggle(open = panel.hidden) {
    panel.hidden = !open;
    for (const button of buttons) button.setAttribute('aria-expanded', String(open));
    if (open && !asked) load();
  }

  async function load() {
    asked = true;
    fill(panel, h('p', {class: 'faint'}, 'Looking it up …'));
    try {
      fill(panel, contentOf(await explain(reply, stage), reply, stage),
        failHere ? h('p', {class: 'explanation-end'}, h('a', {href: failHere, class: 'with-icon'}, icon('fail'), `Make the next ${stage} fail`)) : null);
    } catch (error) {
      asked = false;
      fill(panel, errorList(error));
    }
  }

  panel.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    toggle(false);
    buttons[0]?.focus();
  });

  return {
    panel, toggle,
    /** The code as a button. Only one of several lines with the same code is in the order of the tabulator. */
    button(code, tone, inTabOrder = true) {
      const button = h('button', {
        type: 'button', class: `code code-button tone-${tone}${inTabOrder ? '' : ' repeated'}`, 'aria-expanded': 'false', 'aria-controls': panel.id,
        title: `What ${reply} means`, tabindex: inTabOrder ? null : '-1', onclick: () => toggle(),
      }, code);
      button.addEventListener('keydown', (event) => {
        if (event.key !== 'Escape' || panel.hidden) return;
        event.stopPropagation();
        toggle(false);
      });
      if (inTabOrder) buttons.unshift(button);
      else buttons.push(button);
      return button;
    },
  };
}

export function contentOf({code, enhanced, stages}, reply, stage) {
  const here = stages?.[0];
  return [
    code && head(code),
    h('div', {class: 'digits'}, code && h('div', null, digitRows(code)), enhanced && h('div', null, enhancedRows(enhanced))),
    code?.meaning && fact('Meaning', code.meaning, code.server),
    code?.client && fact('A client should', code.client),
    code?.scope && fact('It is about', code.scope),
    here && fact(`At ${stage}`, listed(here.listing, reply.slice(0, 3), stage)),
    code && elsewhere(code, stage),
    uses(code, enhanced),
    references(code, enhanced),
  ];
}

function head(code) {
  return h('div', {class: 'explanation-head'}, badgeOf(code.value), h('strong', null, code.name ?? code.short_text),
    code.name ? null : h('span', {class: 'faint'}, code.in_grammar ? 'no RFC defines it; its digits still say this much' : 'outside of what RFC 5321 allows'));
}

const KINDS = ['', 'Preliminary', 'Success', 'Go on', 'Refused for now', 'Refused for good'];
function badgeOf(value) {
  const tone = toneOfCode(value);
  const element = badge(tone);
  element.lastChild.textContent = KINDS[Math.floor(value / 100)] ?? 'Unknown';
  return element;
}

function digitRows(code) {
  const digits = String(code.value);
  const tone = toneOfCode(code.value);
  return code.digits.map((digit, at) => row(tone, [...digits].map((text, index) => [text, index === at]), digit.name, digit.meaning));
}

function enhancedRows(enhanced) {
  const parts = enhanced.value.split('.');
  const tone = toneOfCode(Number(parts[0]) * 100);
  return [enhanced.class, enhanced.subject, enhanced.detail].map((digit, at) => row(
    tone, parts.flatMap((text, index) => (index ? [['.', false], [text, index === at]] : [[text, index === at]])), digit.name, digit.meaning));
}

function row(tone, glyphs, name, meaning) {
  return h('div', {class: 'digit-row'},
    h('span', {class: `digit-code tone-${tone}`, 'aria-hidden': 'true'}, glyphs.map(([text, meant]) => h('span', {class: meant ? 'digit meant' : 'digit'}, text))),
    h('div', null, h('span', {class: 'hidden-text'}, `${glyphs.find(([, meant]) => meant)?.[0]}: `), name ? h('strong', null, name) : null, h('p', null, meaning)));
}

function fact(title, ...texts) {
  return h('div', {class: 'fact'}, h('span', {class: 'fact-title'}, title), h('div', null, texts.filter(Boolean).map((text) => h('p', null, text))));
}

function listed(listing, code, stage) {
  return {
    rfc5321: `RFC 5321 lists ${code} for this place.`,
    other_rfc: `Not RFC 5321, but another RFC lists ${code} for this place.`,
    field: `No RFC lists ${code} at ${stage}; servers send it there all the same.`,
    nobody: `Neither an RFC nor a known server has ${code} at ${stage}: a test of what a client makes of the unexpected.`,
  }[listing] ?? '';
}

function elsewhere(code, stage) {
  const {rfc5321 = [], other_rfc: other = [], field = []} = code.stages ?? {};
  const chips = (names, kind) => names.filter((name) => name !== stage).map((name) => h('span', {class: 'stage', title: kind}, name));
  const all = [chips(rfc5321, 'RFC 5321'), chips(other, 'another RFC'), chips(field, 'seen in the field')].flat();
  return all.length === 0 ? null : h('div', {class: 'fact'}, h('span', {class: 'fact-title'}, 'Also at'), h('div', {class: 'chips'}, all));
}

function uses(code, enhanced) {
  const all = [...(code?.in_use ?? []), ...(enhanced?.in_use ?? [])];
  if (all.length === 0) return null;
  return h('div', {class: 'fact'}, h('span', {class: 'fact-title'}, 'In the field'),
    h('ul', {class: 'plain'}, all.map(({who, meaning}) => h('li', null, h('strong', null, `${who}: `), meaning))));
}

function references(code, enhanced) {
  const all = [...new Set([...(code?.references ?? []), ...(enhanced?.references ?? [])])];
  return all.length === 0 ? null : h('p', {class: 'references faint'}, all.join(' · '));
}
