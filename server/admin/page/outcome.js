// What became of something, as a shape, a word and a colour: each of them says it alone.
import {h, icon} from './dom.js';

/** accepted, deferred (4yz), refused (5yz), failed, quiet, open */
export function toneOfSession({outcome, worst_code: worst}) {
  if (outcome === 'refused') return worst !== null && worst < 500 ? 'deferred' : 'refused';
  return outcome;
}

/** The same for one reply code; what never came is `failed`. */
export function toneOfCode(code) {
  if (code === null || code === undefined) return 'failed';
  if (code >= 500) return 'refused';
  if (code >= 400) return 'deferred';
  return code >= 300 ? 'open' : 'accepted';
}

const WORDS = {
  accepted: 'Accepted',
  deferred: 'Refused',
  refused: 'Refused',
  failed: 'Failed',
  quiet: 'Quiet',
  open: 'Open',
};

export const wordOf = (tone) => WORDS[tone] ?? tone;

export const mark = (tone) => h('span', {class: `mark tone-${tone}`, title: wordOf(tone)}, icon(tone));

export function badge(tone, ...more) {
  return h('span', {class: `badge tone-${tone}`}, icon(tone), h('span', null, wordOf(tone)), more);
}

/** The code in the text of a reply, or null. */
export const codeOf = (reply) => (/^\d{3}/.test(reply ?? '') ? Number(reply.slice(0, 3)) : null);

/** A reply code as it is shown in lists. */
export const codeChip = (code) => h('span', {class: `code tone-${toneOfCode(code)}`}, code ?? 'no reply');

const ENDS = {
  'client-quit': 'the client said QUIT',
  'client-closed': 'the client closed the connection',
  'client-reset': 'the client reset the connection',
  timeout: 'nothing came from the client for too long',
  closed: 'the double closed the connection',
  reset: 'the double reset the connection',
  cut: 'cut off by a reset or the end of the double',
};

export const wordsOfEnd = (end) => ENDS[end] ?? end;
