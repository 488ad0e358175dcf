// One session as an annotated dialogue: what each side said, when, by which rule, and what it means.
import {h, icon} from './dom.js';
import {createExplanation, replyIn} from './explanation.js';
import {clip, count, counted, duration, octets} from './format.js';
import {codeChip, toneOfCode, wordsOfEnd} from './outcome.js';

const MOST_SHOWN = 4000;  // characters of a line
const PART = 500;         // entries
const PAUSE_SHOWN_MS = 500;

/** A part of what was sent that ends with CRLF, or with less than that. */
function wireLines(text) {
  const lines = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  return lines.map((line) => {
    const [, content, end] = /^([^\r\n]*)([\r\n]*)$/s.exec(line);
    return {content, end};
  });
}

/** Control characters as their pictures, so that a NUL or an escape is seen and does nothing. */
const visible = (text) => text.replace(/[\u0000-\u001f\u007f]/g, (c) => (c === '\u007f' ? '␡' : String.fromCharCode(0x2400 + c.charCodeAt(0))));

const endMark = (end) => {
  if (end === '\r\n') return null;
  const words = {'\n': ['LF', 'LF alone ends this line, not CRLF'], '\r': ['CR', 'CR alone ends this line, not CRLF'], '': ['no end', 'this line does not end']};
  const [mark, title] = words[end] ?? ['?', 'an odd end of line'];
  return h('span', {class: 'wire-end', title}, mark);
};

/** `context`: {session, link(view, id), failHere(entry)} */
export function createDialogue(context) {
  const list = h('ol', {class: 'dialogue', 'aria-label': 'The dialogue'});
  const more = h('button', {type: 'button', class: 'button small earlier', hidden: true, onclick: () => showEarlier()});
  let earlier = [];  // entries that are not in the document, as there are so many
  let shown = [];    // {entry, rows} of those that are
  let before = null;

  function append(entry) {
    const rows = rowsOf(entry, context, before);
    list.append(...rows);
    shown.push({entry, rows});
    before = entry.elapsed_ms;
  }

  function putAway(number) {
    for (const {entry, rows} of shown.splice(0, number)) {
      earlier.push(entry);
      for (const row of rows) row.remove();
    }
  }

  function showEarlier() {
    const entries = earlier.slice(-PART);
    earlier = earlier.slice(0, -PART);
    let last = earlier.at(-1)?.elapsed_ms ?? null;
    const made = entries.map((entry) => {
      const rows = rowsOf(entry, context, last);
      last = entry.elapsed_ms;
      return {entry, rows};
    });
    list.prepend(...made.flatMap(({rows}) => rows));
    shown = made.concat(shown);
    renderMore();
  }

  function renderMore() {
    more.hidden = earlier.length === 0;
    more.textContent = `Show ${count(Math.min(PART, earlier.length))} of ${counted(earlier.length, 'earlier entry', 'earlier entries')}`;
  }

  return {
    element: h('div', null, more, list),
    /** How it ended may be told a moment after the end. */
    updateEnd() {
      const end = list.querySelector('.the-end');
      if (end) end.textContent = endOf(context.session);
    },
    add(entries) {
      // A session may be as long as its client likes; what comes in live pushes out what is far above.
      if (entries.length > PART) {
        putAway(shown.length);
        earlier = earlier.concat(entries.slice(0, -PART));
      }
      for (const entry of entries.slice(-PART)) append(entry);
      if (shown.length > 4 * PART) putAway(shown.length - 2 * PART);
      renderMore();
    },
  };
}

function rowsOf(entry, context, before) {
  const gap = before === null ? 0 : entry.elapsed_ms - before;
  const pause = gap >= PAUSE_SHOWN_MS && entry.kind !== 'waited'
    ? h('li', {class: 'pause'}, h('span', null, icon('clock'), `${duration(gap)} later`)) : null;
  return [pause, rowOf(entry, context)].filter(Boolean);
}

function rowOf(entry, context) {
  switch (entry.kind) {
    case 'exchange': return exchangeRow(entry, context);
    case 'waited': return waitedRow(entry, context);
    case 'message': return messageRow(entry, context);
    case 'opened': return eventRow(entry, context, 'sessions', `Connected from ${context.session.client ?? 'a Unix socket'}`);
    case 'closed': return closedRow(entry, context);
    case 'incomplete': return eventRow(entry, context, 'warning', 'The content never came to its end', entry.note, 'tone-failed');
    case 'unsent': return eventRow(entry, context, 'failed', `${counted(entry.octets ?? 0, 'octet')} of replies never left the socket`, null, 'tone-failed');
    case 'tls': return eventRow(entry, context, 'lock', entry.note ?? 'TLS');
    case 'authenticated': return eventRow(entry, context, 'person', entry.note ?? 'Logged in');
    default: return eventRow(entry, context, 'note', entry.note ?? entry.kind);
  }
}

const endOf = (session) => (session.end ? `The end: ${wordsOfEnd(session.end)}` : 'The end of the connection');

const when = (entry, {session}) =>
  h('span', {class: 'when', title: entry.at}, `+${duration(Math.max(0, entry.elapsed_ms - session.elapsed_ms))}`);

function eventRow(entry, context, name, text, more, tone = '') {
  return h('li', {class: `event ${tone}`}, when(entry, context), h('span', {class: 'side'}, icon(name)),
    h('div', {class: 'said'}, h('p', null, visible(text)), more ? h('p', {class: 'faint'}, visible(more)) : null));
}

function closedRow(entry, context) {
  const amount = entry.octets_in === undefined ? null : `${octets(entry.octets_in)} came in, ${octets(entry.octets_out)} went out`;
  const row = eventRow(entry, context, 'close', endOf(context.session), amount);
  row.querySelector('p').classList.add('the-end');
  return row;
}

function waitedRow(entry, context) {
  const cut = entry.measured_ms + 1 < entry.asked_ms;
  return h('li', {class: 'event waited'}, when(entry, context), h('span', {class: 'side'}, icon('clock')),
    h('div', {class: 'said'}, h('p', null, `Waited ${duration(entry.measured_ms)}`,
      h('span', {class: 'faint'}, cut ? ` of ${duration(entry.asked_ms)}: cut short` : ` · ${duration(entry.asked_ms)} asked for`))));
}

function messageRow(entry, {link, ...context}) {
  const text = [entry.subject ?? entry.note, entry.size === undefined ? null : octets(entry.size)].filter(Boolean).join(' · ');
  return h('li', {class: 'event'}, when(entry, context), h('span', {class: 'side'}, icon('messages')),
    h('div', {class: 'said'}, h('p', null, entry.message
      ? ['Stored as ', h('a', {href: link('messages', entry.message)}, `message ${entry.message}`)] : 'A message came to its end'),
    text ? h('p', {class: 'faint'}, visible(clip(text, 300))) : null));
}

function exchangeRow(entry, context) {
  const reply = replyIn(entry.sent ?? '') ?? (entry.code ? String(entry.code) : null);
  const explanation = reply ? createExplanation(reply, entry.stage, entry.stage && context.failHere(entry)) : null;
  const tone = toneOfCode(entry.code);
  const missed = createMisses(entry);
  const by = entry.rule ? ruleLink(entry, context) : missed.button;
  return h('li', {class: 'exchange'},
    clientLine(entry, context), serverLines(entry, context, explanation, tone, by),
    h('div', {class: 'notes'}, meaning(entry), unsent(entry), missed.list),
    explanation?.panel);
}

function clientLine(entry, context) {
  if (entry.received === null || entry.received === undefined) return null;
  return h('div', {class: 'line client'}, when(entry, context), h('span', {class: 'side', title: 'the client'}, 'C'),
    h('code', {class: 'said wire'}, long(entry.received, (text) => visible(text))), h('span', {class: 'aside'}, stageOf(entry)));
}

const stageOf = (entry) => (entry.stage ? h('span', {class: 'stage'}, entry.stage) : null);

/** `by`: what has answered. */
function serverLines(entry, context, explanation, tone, by) {
  const lines = wireLines(entry.sent ?? '');
  const alone = entry.received === null || entry.received === undefined;
  const head = [alone ? when(entry, context) : h('span', {class: 'when'}), h('span', {class: 'side', title: 'the double'}, 'S')];
  const aside = h('span', {class: 'aside'}, failButton(entry, context), by, alone ? stageOf(entry) : null);
  if (lines.length === 0) {
    return h('div', {class: 'line server'}, head, h('span', {class: 'said silence'}, 'said nothing', meantCode(entry, explanation, tone)), aside);
  }
  const last = lines.length - 1;
  const shown = [];
  let room = MOST_SHOWN;
  let left = entry.left_octets ?? Infinity;
  for (const [at, line] of lines.entries()) {
    if (room <= 0) {
      shown.push(h('span', {class: 'faint wire-line'}, `… ${counted(lines.length - at, 'more line')}, ${octets(entry.sent_octets)} in all`));
      break;
    }
    shown.push(serverLine(line, clip(line.content, room), explanation, tone, at === last, left));
    room -= line.content.length;
    left -= octetsIn(line.content + line.end);
  }
  const hasCode = shown.some((node) => node.querySelector('.code-button'));
  return h('div', {class: 'line server'}, head,
    h('code', {class: 'said wire'}, shown, hasCode ? null : meantCode(entry, explanation, tone)), aside);
}

const octetsIn = (text) => new TextEncoder().encode(text).length;

/** `left`: how many octets from the beginning of this line on left the socket; the rest is struck out. */
function serverLine(line, content, explanation, tone, isLast, left) {
  if (left < octetsIn(content)) {
    const came = new TextDecoder().decode(new TextEncoder().encode(content).slice(0, Math.max(0, left)));
    return h('span', {class: 'wire-line'}, visible(came), h('del', null, visible(content.slice(came.length))));
  }
  const coded = explanation && /^\d{3}(?=[ -]|$)/.test(content);
  const code = coded ? explanation.button(content.slice(0, 3), tone, isLast) : null;
  return h('span', {class: 'wire-line'}, code, visible(coded ? content.slice(3) : content), endMark(line.end));
}

/** What was meant, where what was sent shows no code that could be clicked. */
const meantCode = (entry, explanation, tone) =>
  entry.code && explanation ? h('span', {class: 'meant-code'}, 'meant ', explanation.button(String(entry.code), tone)) : null;

function ruleLink(entry, {link}) {
  return h('a', {class: 'rule', href: link('scenario', null, {rule: entry.rule}), title: `Rule: ${entry.rule}`},
    h('span', {class: 'rule-name'}, visible(clip(entry.rule, 120))), entry.hit ? h('span', {class: 'faint'}, `hit ${count(entry.hit)}`) : null);
}

function failButton(entry, {failHere}) {
  if (!entry.stage) return null;
  return h('a', {class: 'button icon-button fail-here', href: failHere(entry), title: `Make the next ${entry.stage} fail`}, icon('fail'));
}

const meaning = (entry) =>
  entry.explanation && entry.code >= 400 ? h('p', {class: `meaning tone-${toneOfCode(entry.code)}`}, visible(entry.explanation)) : null;

function unsent(entry) {
  if (!entry.sent_octets || entry.left_octets === null || entry.left_octets >= entry.sent_octets) return null;
  return h('p', {class: 'meaning tone-failed'}, icon('failed'), ` Only ${count(entry.left_octets)} of ${counted(entry.sent_octets, 'octet')} left the socket.`);
}

/** The built-in server has answered; the button tells why the nearest rules did not, where that is known. */
function createMisses(entry) {
  const title = 'No rule fired: the built-in server answered';
  if (!entry.misses?.length) return {button: h('span', {class: 'rule built-in', title}, 'built-in'), list: null};
  const list = h('ul', {class: 'plain misses', 'aria-label': 'Why the nearest rules did not fire', hidden: true}, entry.misses.map((text) => h('li', null, visible(text))));
  const button = h('button', {type: 'button', class: 'rule built-in', title: `${title}. Why did no rule?`, 'aria-expanded': 'false', onclick() {
    list.hidden = !list.hidden;
    button.setAttribute('aria-expanded', String(!list.hidden));
  }}, 'built-in: why?');
  return {button, list};
}

/** A text that may be very long: the rest is shown when asked for. */
function long(text, shown) {
  if (text.length <= MOST_SHOWN) return shown(text);
  const more = h('button', {type: 'button', class: 'button small'}, `Show all ${count(text.length)} characters`);
  const part = h('span', null, shown(text.slice(0, MOST_SHOWN)));
  more.addEventListener('click', () => {
    part.textContent = shown(text);
    more.remove();
  });
  return [part, '… ', more];
}

/** The worst reply of a session, for its heading. */
export const worst = (session) => (session.worst_code ? codeChip(session.worst_code) : null);
