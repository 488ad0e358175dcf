// What became of one message over all attempts to deliver it.
import {h, icon} from './dom.js';
import {counted, duration, time} from './format.js';
import {codeChip, toneOfCode} from './outcome.js';

const KNOWN_BY = {'message-id': 'its Message-ID', content: 'its content', envelope: 'its sender and recipients'};

/** The attempts as a line of time, and what is wrong with them. */
export function createAttempts(app, delivery) {
  return h('div', {class: 'attempts-box'},
    h('ol', {class: 'attempts', 'aria-label': 'Attempts'}, delivery.attempts.map((attempt) => one(app, attempt))),
    delivery.findings.length > 0 ? h('ul', {class: 'plain findings'}, delivery.findings.map((text) => h('li', {class: 'finding tone-deferred'}, icon('warning'), h('span', null, text)))) : null,
    delivery.attempts.length > 1 ? h('p', {class: 'faint'}, `${counted(delivery.attempts.length, 'attempt')}, known to be the same message by ${KNOWN_BY[delivery.by] ?? delivery.by}`) : null);
}

/** Where the recipients of one attempt were told different things. */
function recipientsOf({recipients = []}) {
  if (new Set(recipients.map(({code}) => code)).size < 2) return null;
  return h('ul', {class: 'plain attempt-recipients'}, recipients.map(({mailbox, code}) => h('li', null, codeChip(code), h('span', null, mailbox))));
}

function one(app, attempt) {
  const tone = toneOfCode(attempt.code);
  return h('li', {class: 'attempt'},
    attempt.gap_ms === null ? null : h('span', {class: 'attempt-gap'}, h('span', {class: 'hidden-text'}, 'after '), duration(attempt.gap_ms)),
    h('div', {class: `attempt-card tone-line-${tone}`},
      h('p', {class: 'attempt-head'}, codeChip(attempt.code), h('span', {class: 'stage'}, attempt.stage), h('time', {class: 'faint', title: attempt.at}, time(attempt.at))),
      recipientsOf(attempt),
      h('p', {class: 'attempt-reply mono'}, attempt.reply || 'no reply reached the client'),
      h('p', {class: 'attempt-links'}, h('a', {href: app.link('sessions', attempt.session)}, `session ${attempt.session}`),
        attempt.message ? h('a', {href: app.link('messages', attempt.message)}, `message ${attempt.message}`) : null)));
}
