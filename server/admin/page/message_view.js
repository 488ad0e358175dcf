// One message: headers, text, HTML in a frame where nothing runs, attachments, raw octets, and its delivery.
import {download, getText, pathOf, pathWithToken} from './api.js';
import {createAttempts} from './attempts.js';
import {copyButton} from './copy.js';
import {fill, h, icon} from './dom.js';
import {count, counted, octets, time} from './format.js';
import {codeChip, codeOf, toneOfCode} from './outcome.js';
import {createTabs} from './tabs.js';
import {errorList} from './toast.js';

const MOST_RAW = 400_000;

export function createMessageView(app, message) {
  const parts = (...more) => ['doubles', app.store.name, 'messages', String(message.id), ...more];
  const attached = attachmentsOf(message);
  const tabs = createTabs({
    label: 'Forms of the message',
    address: (tab) => app.link('messages', message.id, {}, tab),
    tabs: [
      message.text !== null && {name: 'text', title: 'Text', content: () => textTab(message)},
      message.html !== null && {name: 'html', title: 'HTML', content: () => htmlTab(message, parts)},
      {name: 'headers', title: 'Headers', note: message.headers.length, content: () => headersTab(message)},
      {name: 'parts', title: 'Attachments', note: attached.length, content: () => partsTab(message, parts)},
      {name: 'delivery', title: 'Delivery', note: message.delivery?.attempts.length, content: () => deliveryTab(app, message)},
      {name: 'raw', title: 'Raw', content: () => rawTab(message, parts)},
    ].filter(Boolean),
  });
  return {
    element: h('article', {class: 'detail', 'aria-label': `Message ${message.id}`}, head(app, message, parts), tabs.element),
    show: (route) => tabs.show(route.tab),
  };
}

const attachmentsOf = (message) => message.parts.filter((part) => part.disposition === 'attachment' || part.file_name !== null);

function head(app, message, parts) {
  const code = codeOf(message.outcome);
  const facts = [
    ['From', message.sender || '<> (the null sender)'], ['To', message.recipients.join(', ') || 'nobody'],
    ['Received', time(message.at)], ['Size', `${octets(message.size)} (${counted(message.size, 'octet')})`],
    ['Session', h('a', {href: app.link('sessions', message.session)}, `#${message.session}`)],
    message.tls && ['TLS', message.tls], message.auth_user && ['Logged in as', message.auth_user],
  ].filter(Boolean);
  return h('header', {class: 'detail-head'},
    h('div', {class: 'detail-title'}, app.backLink('messages'), h('h2', {class: message.subject ? null : 'faint'}, message.subject || 'no subject'), h('span', {class: 'number'}, `#${message.id}`),
      h('span', {class: 'title-end'}, downloadButton('.eml', pathOf(parts('raw')), `message-${message.id}.eml`))),
    h('dl', {class: 'facts'}, facts.map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value)))),
    h('p', {class: 'told'}, 'The client was told ', message.outcome === null ? h('span', {class: 'code tone-failed'}, 'nothing')
      : [codeChip(code), h('span', {class: 'mono'}, ` ${message.outcome.replace(/^\d{3}[ -]?/, '')}`)]),
    h('div', {class: 'findings'}, message.whole === false ? warning('This message was too large to be kept whole: what is shown is a part of it.') : null, (message.findings ?? []).map(warning)));
}

const warning = (text) => h('p', {class: 'finding tone-deferred'}, icon('warning'), h('span', null, text));

function downloadButton(words, path, name) {
  const failed = h('div');
  const button = h('button', {type: 'button', class: 'button small', title: 'Download'}, icon('download'), h('span', null, words));
  button.addEventListener('click', async () => {
    fill(failed);
    try {
      await download(path, name);
    } catch (error) {
      fill(failed, errorList(error));
    }
  });
  return [button, failed];
}

function textTab(message) {
  return h('div', {class: 'with-corner'}, h('div', {class: 'corner'}, copyButton(message.text, {words: 'Copy', label: 'Copy the text'})), h('pre', {class: 'mail-text', tabindex: '0', 'aria-label': 'The text'}, message.text));
}

// The frame's document has a policy of its own that lets nothing run and nothing be fetched; `sandbox` says it again.
function htmlTab(message, parts) {
  const frame = h('iframe', {class: 'mail-frame', sandbox: '', referrerpolicy: 'no-referrer', title: 'The HTML of the message', src: pathWithToken(parts('html'))});
  const source = h('pre', {class: 'mail-text', tabindex: '0', hidden: true, 'aria-label': 'The source of the HTML'}, message.html);
  const holder = h('div', {class: 'frame-holder'}, frame, source);
  const choices = [['Wide', ''], ['Phone', 'narrow'], ['Source', 'source']];
  const buttons = choices.map(([words, kind], at) => h('button', {
    type: 'button', class: 'choice', 'aria-pressed': String(at === 0),
    onclick() {
      holder.className = `frame-holder ${kind}`;
      frame.hidden = kind === 'source';
      source.hidden = kind !== 'source';
      for (const [index, button] of buttons.entries()) button.setAttribute('aria-pressed', String(index === at));
    },
  }, words));
  return h('div', null, h('div', {class: 'tab-tools'}, h('div', {class: 'choices', role: 'group', 'aria-label': 'Show the HTML'}, buttons),
    h('p', {class: 'faint with-icon'}, icon('lock'), 'No scripts run, nothing remote is loaded.')), holder);
}

function headersTab(message) {
  return h('table', {class: 'headers'}, h('caption', {class: 'hidden-text'}, 'Header fields, in their order'),
    h('thead', {class: 'hidden-text'}, h('tr', null, h('th', null, 'Name'), h('th', null, 'Value'))),
    h('tbody', null, message.headers.map(({name, value, raw}) => h('tr', null,
      h('th', {scope: 'row'}, name), h('td', {title: raw.trim() === `${name}: ${value}` ? null : raw}, value)))));
}

function partsTab(message, parts) {
  if (message.parts.length === 0) return h('p', {class: 'faint'}, 'This message is one piece.');
  return h('ul', {class: 'parts plain'}, message.parts.map((part) => {
    const name = part.file_name ?? part.type;
    return h('li', {class: 'part'}, icon(part.file_name || part.disposition === 'attachment' ? 'clip' : 'scenario'),
      h('div', {class: 'part-name'}, h('strong', null, name),
        h('p', {class: 'faint'}, [part.index, part.type, octets(part.size), part.disposition, part.content_id && `cid:${part.content_id}`].filter(Boolean).join(' · '))),
      downloadButton('Download', pathOf(parts('parts', part.index)), fileName(part)));
  }));
}

/** A name without folders or anything else that a file system might take for more than a name. */
function fileName(part) {
  const tidy = (part.file_name ?? '').replace(/[\u0000-\u001f\u007f/\\:*?"<>|]/g, '_').replace(/^\.+/, '').slice(-120);
  return tidy || `part-${part.index}`;
}

function deliveryTab(app, message) {
  const {delivery} = message;
  const envelope = h('table', {class: 'headers', 'aria-label': 'The envelope'}, h('tbody', null,
    h('tr', null, h('th', {scope: 'row'}, 'MAIL FROM'), h('td', null, `<${message.sender ?? ''}>`, message.parameters ? h('span', {class: 'faint'}, ` ${message.parameters}`) : null)),
    message.recipients_detail.map(({mailbox, parameters, outcome}) => {
      const code = codeOf(outcome);
      return h('tr', null, h('th', {scope: 'row'}, 'RCPT TO'), h('td', null, `<${mailbox}>`, parameters ? h('span', {class: 'faint'}, ` ${parameters}`) : null,
        outcome ? h('span', {class: `recipient-outcome tone-text-${toneOfCode(code)}`}, outcome) : null));
    }),
    h('tr', null, h('th', {scope: 'row'}, 'Hello'), h('td', null, message.helo ?? 'none'))));
  return h('div', {class: 'stack'}, h('div', null, h('h3', {class: 'table-title'}, 'The envelope'), envelope), h('div', null, h('h3', {class: 'table-title'}, 'The attempts'), delivery ? createAttempts(app, delivery)
    : h('p', {class: 'faint'}, 'There is no history of this message: its entries were dropped.')));
}

function rawTab(message, parts) {
  const holder = h('div', {class: 'with-corner'}, h('p', {class: 'faint'}, 'Fetching it …'));
  getText(pathOf(parts('raw'))).then((text) => {
    const shown = text.slice(0, MOST_RAW);
    fill(holder,
      h('div', {class: 'corner'}, copyButton(text, {words: 'Copy', label: 'Copy the source'})),
      h('pre', {class: 'raw', tabindex: '0', 'aria-label': 'The source of the message'}, shown),
      shown.length < text.length ? h('p', {class: 'faint'}, `The first ${count(shown.length)} characters; the download has all of it.`) : null);
  }).catch((error) => fill(holder, errorList(error)));
  return holder;
}
