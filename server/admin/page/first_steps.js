// What somebody sees who has just started the program: what to do next.
import {copyable} from './copy.js';
import {h, icon} from './dom.js';

const EVERYWHERE = ['0.0.0.0', '::', '[::]', '*', '', null];

/** Where a client connects to; a listener on all addresses is reached where this page came from. */
function addressOf(entrance) {
  if (!entrance) return null;
  return {host: EVERYWHERE.includes(entrance.host) ? location.hostname : entrance.host, port: entrance.port};
}

const withBrackets = (host) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);
const withoutBrackets = (host) => host.replace(/^\[(.*)\]$/, '$1');

/** One word of a command line, whatever is in it. */
const word = (text) => (/^[\w@.+:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** What a client has to be like for its sessions to come to this double. */
function clientOf({select, scenario} = {}) {
  const domain = select?.['recipient.domain'] ?? 'example.com';
  const tag = select?.['recipient.tag'];
  return {
    helo: select?.helo, user: select?.['auth.user'],
    refused: scenario === 'default' ? `rcpt-550${tag ? `+${tag}` : ''}@${domain}` : null, accepted: `bob${tag ? `+${tag}` : ''}@${domain}`,
  };
}

function commands({host, port}, {helo, user, refused, accepted}) {
  const server = `${withBrackets(host)}:${port}`;
  const swaks = ['swaks', '--to', word(refused ?? accepted), '--server', server, ...(helo ? ['--helo', word(helo)] : []), ...(user ? ['--auth', 'PLAIN', '--auth-user', word(user), '--auth-password', 'secret'] : [])];
  const curl = ['curl', word(`smtp://${server}${helo ? `/${helo}` : ''}`), '--mail-from', 'ann@example.com', '--mail-rcpt', word(accepted), ...(user ? ['--user', word(`${user}:secret`)] : []), '-T', '-'];
  const all = [
    [refused ? 'A mail that is refused, with swaks' : 'A mail, with swaks', swaks.join(' ')],
    [refused ? 'A mail that is accepted, with curl' : 'A mail, with curl', `printf 'Subject: Hello\\r\\n\\r\\nIt works.\\r\\n' | ${curl.join(' ')}`],
  ];
  if (helo || user || accepted !== 'bob@example.com') return all;
  return [...all, ['The same in Python', `python3 -c 'import smtplib; smtplib.SMTP("${withoutBrackets(host)}", ${port}).sendmail("ann@example.com", ["bob@example.com"], "Subject: Hello\\n\\nIt works.")'`]];
}

const LABELS = [['rcpt-550', 'RCPT is answered 550'], ['fail-2-451', 'fails twice, then passes'], ['message-552', 'the content is taken, then refused'], ['delay-5s', 'answered five seconds later'], ['drop', 'the connection is closed']];

/** `text` says what will appear here. */
export function firstSteps(app, title, text) {
  const {double, entrance} = app.store;
  const address = addressOf(entrance);
  return h('div', {class: 'empty'},
    h('div', {class: 'empty-picture', 'aria-hidden': 'true'}, icon('messages')),
    h('h2', null, title), h('p', {class: 'empty-text'}, text), selection(double),
    address ? h('div', {class: 'steps'}, commands(address, clientOf(double ?? {})).map(([label, command]) => h('div', {class: 'step'}, h('p', {class: 'step-label'}, label), copyable(command, label)))) : null,
    double?.scenario === 'default' ? labels() : null,
    h('p', {class: 'empty-more'}, 'Or ', h('a', {href: app.link('fail')}, 'make the next attempt fail'), ' in whatever way you need, or ', h('a', {href: app.link('scenario')}, 'look at the scenario'), '.'));
}

function selection(double) {
  const wanted = Object.entries(double?.select ?? {});
  if (wanted.length === 0) return null;
  return h('p', {class: 'empty-text'}, 'This double has the sessions of main’s listeners with ', wanted.map(([field, value]) => h('code', null, `${field} ${value}`)), '.');
}

function labels() {
  return h('div', {class: 'step'}, h('p', {class: 'step-label'}, 'The address asks for the answer: '),
    h('ul', {class: 'labels'}, LABELS.map(([label, text]) => h('li', null, h('code', null, `${label}@…`), h('span', null, text)))));
}
