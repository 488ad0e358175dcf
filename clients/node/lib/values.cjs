'use strict';
// From what JavaScript has to what the API and scenarios take. A wrong argument is a TypeError, or a RangeError.
const { inspect } = require('node:util');

const parents = new Set(['sender', 'recipient', 'client', 'server', 'tls', 'auth', 'default']);
const likeOptions = ['state']; // a condition, and only a letter away from the stage
const words = { earlyTalker: 'early-talker', stateAge: 'state.age' };

const units = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Of a number, which is milliseconds, or of a text as in scenarios ("2s"). */
function milliseconds(value, what = 'a duration') {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value;
  const [, number, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (unit !== undefined) return Number(number) * units[unit];
  const Wrong = typeof value === 'number' || typeof value === 'string' ? RangeError : TypeError;
  throw new Wrong(`${what} is milliseconds, or a text such as '200ms', '2s', '10m', not ${inspect(value)}`);
}

/** The same as scenarios have it. Texts are left to the server, which tells their place in the rule. */
function duration(value) {
  return typeof value === 'string' ? value : `${Math.round(milliseconds(value) * 1000)}us`;
}

/** recipientDomain is recipient.domain. */
function field(word) {
  const [head, ...rest] = word.split(/(?=[A-Z])/);
  return words[word] ?? (rest.length > 0 && parents.has(head) ? `${head}.${rest.join('').toLowerCase()}` : word);
}

function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** Whether a letter more, less or other, or two of them changed about, makes one of the other. */
function nearly(one, other) {
  let from = 0;
  while (from < one.length && one[from] === other[from]) from += 1;
  const shorter = Math.min(one.length, other.length);
  let end = 0;
  while (end < shorter - from && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [a, b] = [one, other].map((word) => word.slice(from, word.length - end));
  return Math.max(a.length, b.length) <= 1 || (a.length === 2 && a === [...b].reverse().join(''));
}

/**
 * A TypeError where one of the words, which are to be conditions, is all but an option. Any other word is left to the
 * server, which knows the conditions.
 */
function refuseTypos(what, options, given) {
  for (const word of given) {
    const near = likeOptions.some((condition) => nearly(word, condition)) ? undefined
      : options.find((option) => nearly(word, option));
    if (near !== undefined) throw new TypeError(`${what} has no option '${word}'; did you mean '${near}'?`);
  }
}

function conditions(when = {}, more = {}) {
  return { ...Object.fromEntries(Object.entries(defined(more)).map(([word, value]) => [field(word), value])), ...when };
}

/** Conditions on messages; what is left over of the options comes back as well. */
function messageFilter({ sender, recipient, subject, headers = {}, session, ...rest }) {
  const named = Object.entries(headers).map(([name, glob]) => [`header.${name}`, glob]);
  return [defined({ sender, recipient, subject, session, ...Object.fromEntries(named) }), rest];
}

/** What is no object would be options without any. */
function optionsOf(options, what, example) {
  if (options === undefined) return {};
  if (options !== null && typeof options === 'object' && !Array.isArray(options)) return options;
  throw new TypeError(`${what} takes options such as ${example}, not ${inspect(options)}`);
}

/** Those of a wait; the count may stand before them: waitForMessages(2, { timeout: '5s' }). */
function waitOptions(what, first, second) {
  const before = typeof first === 'number';
  const named = `${what} takes a count, options, or a count and options:`;
  if (!before && second !== undefined) throw new TypeError(`${named} not ${inspect(first)} and ${inspect(second)}`);
  const options = optionsOf(before ? second : first, what, "{ count: 2, timeout: '5s' }, or a count");
  if (before && options.count !== undefined) throw new TypeError(`${named} the count is there twice`);
  const { count = before ? first : 1, timeout = 10_000, ...rest } = options;
  if (typeof count !== 'number') throw new TypeError(`the count of ${what} is a number, not ${inspect(count)}`);
  if (!Number.isInteger(count) || count < 0) throw new RangeError(`the count of ${what} is a whole number, not ${count}`);
  return { count, timeout: milliseconds(timeout, `the timeout of ${what}`), rest };
}

/** A list, if there is one. One text is none: spread, it would be its letters. */
function texts(value, what, example) {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw new TypeError(`${what} is a list of texts such as ${example}, not ${inspect(value)}`);
}

/** A typo must not mean "no condition". */
function refuseOthers(rest, what) {
  const [word] = Object.keys(rest);
  if (word !== undefined) throw new TypeError(`${what} has no option '${word}'`);
}

/** {count, where} of a number, of {min, max}, or of either with conditions. */
function counted(wanted, filter) {
  if (typeof wanted === 'number') return { count: wanted, where: {} };
  const { count, min, max, ...rest } = optionsOf(wanted, 'verify()', '{ messages: 1 }, { messages: { min: 1 } }');
  const [where, others] = filter(rest);
  refuseOthers(others, 'verify()');
  return { count: count ?? defined({ min, max }), where };
}

function sessionFilter({ outcome, helo, client, ended, ...rest }) {
  return [defined({ outcome, helo, client, ended }), rest];
}

module.exports = {
  conditions, counted, defined, duration, messageFilter, milliseconds, optionsOf, refuseOthers, refuseTypos,
  sessionFilter, texts, waitOptions,
};
