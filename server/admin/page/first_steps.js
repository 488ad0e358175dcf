// What somebody sees who has just started the program: what to do next.
import {copyable} from './copy.js';
import {h, icon} from './dom.js';

/** The address that a client connects to; a listener on all interfaces is reached where this page came from. */
export function addressOf(double, kind = 'smtp') {
  const listener = double?.listeners?.find((one) => one.kind === kind && one.port) ?? double?.listeners?.find((one) => one.port);
  if (!listener) return {host: location.hostname || '127.0.0.1', port: 1025};
  const everywhere = ['0.0.0.0', '::', '[::]', '*', ''].includes(listener.host);
  return {host: everywhere ? location.hostname : listener.host, port: listener.port};
}

const withBrackets = (host) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

function commands({host, port}) {
  const server = `${withBrackets(host)}:${port}`;
  return [
    ['A mail that is refused, with swaks', `swaks --to rcpt-550@example.com --server ${server}`],
    ['A mail that is accepted, with curl', `printf 'Subject: Hello\\r\\n\\r\\nIt works.\\r\\n' | curl smtp://${server} --mail-from ann@example.com --mail-rcpt bob@example.com -T -`],
    ['The same in Python', `python3 -c 'import smtplib; smtplib.SMTP("${host}", ${port}).sendmail("ann@example.com", ["bob@example.com"], "Subject: Hello\\n\\nIt works.")'`],
  ];
}

const LABELS = [['rcpt-550', 'RCPT is answered 550'], ['fail-2-451', 'fails twice, then passes'], ['message-552', 'the content is taken, then refused'], ['delay-5s', 'answered five seconds later'], ['drop', 'the connection is closed']];

/** `text` says what will appear here. */
export function firstSteps(app, title, text) {
  const address = addressOf(app.store.double);
  return h('div', {class: 'empty'},
    h('div', {class: 'empty-picture', 'aria-hidden': 'true'}, icon('messages')),
    h('h2', null, title), h('p', {class: 'empty-text'}, text),
    h('div', {class: 'steps'}, commands(address).map(([label, command]) => h('div', {class: 'step'}, h('p', {class: 'step-label'}, label), copyable(command, label)))),
    app.store.double?.scenario === 'default' ? labels() : null,
    h('p', {class: 'empty-more'}, 'Or ', h('a', {href: app.link('fail')}, 'make the next attempt fail'), ' in whatever way you need, or ', h('a', {href: app.link('scenario')}, 'look at the scenario'), '.'));
}

function labels() {
  return h('div', {class: 'step'}, h('p', {class: 'step-label'}, 'The address asks for the answer: '),
    h('ul', {class: 'labels'}, LABELS.map(([label, text]) => h('li', null, h('code', null, `${label}@…`), h('span', null, text)))));
}
