'use strict';
// From what JavaScript has to what the API and scenarios take.

const parents = new Set(['sender', 'recipient', 'client', 'server', 'tls', 'auth', 'default']);
const words = { earlyTalker: 'early-talker', stateAge: 'state.age' };

/** Milliseconds, or a text as in scenarios ("2s"), as scenarios have it. */
function duration(value) {
  if (typeof value === 'string') return value;
  if (!(value >= 0 && value < Infinity)) throw new RangeError(`a duration is milliseconds or a text such as "2s", not ${value}`);
  return `${Math.round(value * 1000)}us`;
}

/** recipientDomain is recipient.domain. */
function field(word) {
  const [head, ...rest] = word.split(/(?=[A-Z])/);
  return words[word] ?? (rest.length > 0 && parents.has(head) ? `${head}.${rest.join('').toLowerCase()}` : word);
}

function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function conditions(when = {}, more = {}) {
  return { ...Object.fromEntries(Object.entries(defined(more)).map(([word, value]) => [field(word), value])), ...when };
}

/** Conditions on messages; what is left over of the options comes back as well. */
function messageFilter({ sender, recipient, subject, headers = {}, session, ...rest }) {
  const named = Object.entries(headers).map(([name, glob]) => [`header.${name}`, glob]);
  return [defined({ sender, recipient, subject, session, ...Object.fromEntries(named) }), rest];
}

/** A typo must not mean "no condition". */
function refuseOthers(rest, what) {
  const [word] = Object.keys(rest);
  if (word !== undefined) throw new TypeError(`${what} has no option '${word}'`);
}

/** {count, where} of a number, of {min, max}, or of either with conditions. */
function counted(wanted, filter) {
  if (typeof wanted === 'number') return { count: wanted, where: {} };
  const { count, min, max, ...rest } = wanted;
  const [where, others] = filter(rest);
  refuseOthers(others, 'verify()');
  return { count: count ?? defined({ min, max }), where };
}

function sessionFilter({ outcome, helo, client, ended, ...rest }) {
  return [defined({ outcome, helo, client, ended }), rest];
}

module.exports = { conditions, counted, defined, duration, messageFilter, refuseOthers, sessionFilter };
