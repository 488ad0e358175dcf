// The view of the messages: the list, live, and one of them in all its forms.
import {get} from './api.js';
import {h, icon, placeholder} from './dom.js';
import {firstSteps} from './first_steps.js';
import {createFilter, parametersOf} from './filter.js';
import {count, counted, octets, time} from './format.js';
import {createMessageView} from './message_view.js';
import {codeChip, codeOf, mark, toneOfCode} from './outcome.js';
import {createPanes} from './panes.js';

const KEYS = {from: 'sender', sender: 'sender', to: 'recipient', recipient: 'recipient', subject: 'subject', session: 'session'};
const readFilter = (text) => parametersOf(text, KEYS, (words) => (words.includes('@') ? 'recipient' : 'subject'));

export function createMessagesView(app) {
  const {store} = app;
  let words = {};
  let ofSession = null;
  const setFilter = () => store.messages.setFilter({...words, ...(ofSession ? {session: ofSession} : {})});
  const filter = createFilter({
    label: 'Filter the messages', placeholder: 'Filter by subject, from:… or to:…', title: 'Words of the subject, or from:ann to:*@example.com session:3',
    read: readFilter,
    apply(parameters) {
      words = parameters;
      setFilter();
    },
  });
  const session = h('div', {class: 'active-filter', hidden: true});

  const panes = createPanes(app, {
    view: 'messages', listing: store.messages, label: 'Messages', head: [filter.element, session], filter,
    row: (message) => row(app, message),
    isFiltered: () => ofSession !== null || Object.keys(words).length > 0,
    unfilter() {
      filter.clear();
      app.go(app.link('messages'));
    },
    empty: () => firstSteps(app, 'No message has been accepted yet', 'Whatever the double takes appears here, with its headers, its text and HTML, its attachments and its exact octets. Nothing is ever delivered to anybody.'),
    emptyDetail: () => placeholder('Choose a message', h('p', null, 'Its text, HTML, headers, attachments and raw octets are shown here, and what became of it.')),
    load: (id, signal) => get(store.at('messages', id), signal),
    detail: (message) => createMessageView(app, message),
    what: 'message',
  });

  const {show} = panes;
  panes.show = (route) => {
    const wanted = route.query.get('session');
    if (route.id === null && wanted !== ofSession) {
      ofSession = wanted;
      session.hidden = wanted === null;
      session.replaceChildren(h('span', null, `Of session ${wanted}`), h('a', {class: 'button icon-button', href: app.link('messages'), title: 'Those of all sessions'}, icon('close')));
      setFilter();
    }
    show(route);
  };
  return panes;
}

function row(app, message) {
  const code = codeOf(message.outcome);
  const to = message.recipients.length > 1 ? `${message.recipients[0]} +${count(message.recipients.length - 1)}` : (message.recipients[0] ?? 'nobody');
  return h('a', {class: 'row', href: app.link('messages', message.id)},
    mark(toneOfCode(code)),
    h('span', {class: 'row-main'},
      h('span', {class: 'row-line'}, h('span', {class: message.subject ? 'row-title' : 'row-title faint'}, message.subject || 'no subject'), h('time', {class: 'row-time', title: message.at}, time(message.at))),
      h('span', {class: 'row-line row-facts'},
        h('span', {class: 'row-people'}, message.sender || '<>', h('span', {class: 'faint'}, ' → '), to),
        message.attachments > 0 ? h('span', {class: 'with-icon', title: counted(message.attachments, 'attachment')}, icon('clip'), count(message.attachments)) : null,
        code !== null && code >= 300 ? codeChip(code) : null,
        h('span', {class: 'row-end'}, octets(message.size)))));
}
