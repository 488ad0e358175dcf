// The view of the sessions: the list, live, and one of them as a dialogue.
import {get, getText, pathOf} from './api.js';
import {copyButton} from './copy.js';
import {createDialogue, worst} from './dialogue.js';
import {fill, h, icon, placeholder} from './dom.js';
import {firstSteps} from './first_steps.js';
import {createChoice, createFilter, parametersOf} from './filter.js';
import {count, counted, duration, time} from './format.js';
import {badge, codeChip, mark, toneOfSession, wordOf} from './outcome.js';
import {createPanes} from './panes.js';
import {announce} from './toast.js';

const KEYS = {helo: 'helo', client: 'client', ip: 'client'};
const OUTCOMES = [['', 'All'], ['accepted', 'Accepted'], ['refused', 'Refused'], ['failed', 'Failed'], ['quiet', 'Quiet']];

const readFilter = (text) => parametersOf(text, KEYS, (words) => (/^[\d.:[\]]+$/.test(words) ? 'client' : 'helo'));

export function createSessionsView(app) {
  const {store} = app;
  let words = {};
  let outcome = '';
  const setFilter = () => store.sessions.setFilter({...words, outcome});
  const filter = createFilter({
    label: 'Filter the sessions', placeholder: 'Filter by name or address', title: 'A name in the hello, an IP address, or helo:*.example client:127.*',
    read: readFilter,
    apply(parameters) {
      words = parameters;
      setFilter();
    },
  });
  const choice = createChoice({
    label: 'Outcome', value: '', options: OUTCOMES.map(([value, text]) => [value, text, value ? icon(value) : null]),
    choose(value) {
      outcome = value;
      setFilter();
    },
  });

  const panes = createPanes(app, {
    view: 'sessions', listing: store.sessions, label: 'Sessions', head: [filter.element, choice.element], filter,
    row: (session) => row(app, session),
    isFiltered: () => outcome !== '' || Object.keys(words).length > 0,
    unfilter() {
      filter.clear();
      choice.pick('');
    },
    empty: () => firstSteps(app, 'Nobody has connected yet', 'Every connection appears here the moment it is made. Send a mail to the double, or point your application at it:'),
    emptyDetail: () => placeholder('Choose a session', h('p', null, 'Its dialogue is shown here: every line, the rule that answered, and what the reply codes mean.')),
    load: (id, signal) => get(store.at('sessions', id), signal),
    detail: (session) => createDetail(app, session),
    what: 'session',
  });

  app.own(store.on('entries', (entries) => {
    const open = panes.open();
    const fresh = open ? entries.filter((entry) => entry.session === open.id) : [];
    if (fresh.some((entry) => entry.kind === 'unsent')) panes.reopen();  // what is known of earlier lines has changed
    else if (fresh.length > 0) open.detail.add(fresh);
  }));
  app.own(store.on('sessions', () => {
    const open = panes.open();
    const session = open && store.sessions.items.find((one) => one.id === open.id);
    if (session) open.detail.update(session);
  }));
  announceEnds(app);
  return panes;
}

/** Says what sessions came to, a second's worth at a time. */
function announceEnds({store, own}) {
  let told = null;
  own(store.on('sessions', () => {
    const ended = store.sessions.items.find((session) => session.outcome !== 'open');
    if (!ended || told === ended.id) return;
    if (told !== null && ended.id > told) announce(`Session ${ended.id}: ${wordOf(toneOfSession(ended))} ${ended.worst_code ?? ''}`);
    told = ended.id;
  }));
}

const titleOf = (session) => session.helo ?? session.client ?? 'no name yet';

function row(app, session) {
  const tone = toneOfSession(session);
  return h('a', {class: 'row', href: app.link('sessions', session.id)},
    mark(tone),
    h('span', {class: 'row-main'},
      h('span', {class: 'row-line'}, h('span', {class: 'row-title'}, titleOf(session)), h('time', {class: 'row-time', title: session.at}, time(session.at))),
      h('span', {class: 'row-line row-facts'},
        h('span', {class: 'number'}, `#${session.id}`), h('span', null, wordOf(tone)),
        session.worst_code ? codeChip(session.worst_code) : null,
        session.messages > 0 ? h('span', {class: 'with-icon', title: counted(session.messages, 'message')}, icon('messages'), count(session.messages)) : null,
        session.tls ? h('span', {class: 'with-icon', title: session.tls}, icon('lock'), h('span', {class: 'row-tls'}, 'TLS')) : null,
        session.auth_user ? h('span', {class: 'with-icon row-user', title: `logged in as ${session.auth_user}`}, icon('person'), session.auth_user) : null,
        h('span', {class: 'row-end'}, session.duration_ms === null ? '' : duration(session.duration_ms)))));
}

function createDetail(app, session) {
  const {store} = app;
  const head = h('header', {class: 'detail-head'});
  const dialogue = createDialogue({
    session, link: app.link,
    failHere: (entry) => app.link('fail', null, {stage: entry.stage, code: entry.code >= 400 ? entry.code : null}),
  });
  let seen = 0;

  function add(entries) {
    const fresh = entries.filter((entry) => entry.sequence > seen);
    if (fresh.length === 0) return;
    seen = fresh.at(-1).sequence;
    dialogue.add(fresh);
  }

  function update(fresh) {
    const {entries, ...facts} = fresh;
    Object.assign(session, facts);
    fill(head, headOf(app, session));
    dialogue.updateEnd();
  }

  update(session);
  add(session.entries ?? []);
  const transcript = pathOf(['doubles', store.name, 'sessions', String(session.id), 'transcript']);
  const foot = h('footer', {class: 'detail-foot'},
    copyButton(() => getText(transcript), {words: 'Copy the transcript', label: 'Copy the transcript'}),
    h('p', {class: 'faint'}, 'Click a reply code to see what each digit means.'));
  return {element: h('article', {class: 'detail', 'aria-label': `Session ${session.id}`}, head, dialogue.element, foot), add, update};
}

function headOf(app, session) {
  const tone = toneOfSession(session);
  const facts = [
    ['Client', session.client ?? 'a Unix socket'], ['Listener', session.listener ?? 'unknown'], ['Began', time(session.at)],
    ['Lasted', session.duration_ms === null ? 'still open' : duration(session.duration_ms)],
    ['Commands', count(session.commands)],
    session.tls && ['TLS', session.tls], session.auth_user && ['Logged in as', session.auth_user],
  ].filter(Boolean);
  return [
    h('div', {class: 'detail-title'}, app.backLink('sessions'), h('h2', null, titleOf(session)),
      h('span', {class: 'number'}, `#${session.id}`), badge(tone), worst(session)),
    h('dl', {class: 'facts'}, facts.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value)))),
    session.whole === false ? h('p', {class: 'finding tone-deferred'}, icon('warning'), h('span', null, 'The beginning of this session was dropped to stay within bounds.')) : null,
    session.messages > 0 ? h('p', null, h('a', {href: app.link('messages', null, {session: session.id})}, counted(session.messages, 'message'), ' of this session')) : null,
  ];
}
