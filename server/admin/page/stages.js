// The places in the dialogue where a rule can answer, in the words of the form.
import {get, pathOf} from './api.js';

const GROUPS = [
  ['The envelope', {mail: 'MAIL – the sender', rcpt: 'RCPT – a recipient'}],
  ['The content', {data: 'DATA – before the content', body: 'Content – while it arrives', message: 'End of the content – the verdict', bdat: 'BDAT – a chunk'}],
  ['The session', {connect: 'Greeting – on connecting', hello: 'Any hello – EHLO, HELO or LHLO', ehlo: 'EHLO', helo: 'HELO', lhlo: 'LHLO', quit: 'QUIT', rset: 'RSET', noop: 'NOOP'}],
  ['Security', {starttls: 'STARTTLS', auth: 'AUTH – the command', 'auth-response': 'AUTH – a line behind a 334', 'auth-result': 'AUTH – the verdict'}],
  ['Anything else', {vrfy: 'VRFY', expn: 'EXPN', help: 'HELP', etrn: 'ETRN', unknown: 'A command nobody knows', any: 'Every command'}],
];

// There is no reply to a handshake, and none to silence that a form for the next attempt could ask for.
const WITHOUT_REPLY = new Set(['tls', 'idle']);
const SENDER_KNOWN = new Set(['mail', 'rcpt', 'data', 'body', 'message', 'bdat']);
const RECIPIENT_KNOWN = new Set(['rcpt', 'data', 'body', 'message', 'bdat']);

export const knowsSender = (stage) => SENDER_KNOWN.has(stage);
export const knowsRecipient = (stage) => RECIPIENT_KNOWN.has(stage);

let asked = null;
/** {groups: [[title, [[name, words]…]]…], codes: Map of stage to its codes}; what the server knows beyond these is there too. */
export function loadStages() {
  asked ??= get(pathOf(['stages'])).then(sorted);
  asked.catch(() => (asked = null));
  return asked;
}

function sorted({stages}) {
  const codes = new Map(stages.map(({name, codes: all}) => [name, all]));
  const named = new Set(GROUPS.flatMap(([, members]) => Object.keys(members)));
  const others = stages.filter(({name}) => !named.has(name) && !WITHOUT_REPLY.has(name)).map(({name}) => [name, name]);
  const groups = GROUPS.map(([title, members]) => [title, Object.entries(members)]);
  groups.at(-1)[1].push(...others);
  codes.set('hello', [...new Set(['ehlo', 'helo', 'lhlo'].flatMap((name) => codes.get(name) ?? []))].sort((a, b) => a - b));
  return {groups, codes};
}

/** "the next 2 RCPT commands" and the like. */
export function nounOf(stage, times) {
  const nouns = {
    connect: ['connection', 'connections'], message: ['message', 'messages'], body: ['content', 'contents'], any: ['command', 'commands'],
    hello: ['hello', 'hellos'], 'auth-result': ['login', 'logins'], 'auth-response': ['line of an AUTH exchange', 'lines of AUTH exchanges'], unknown: ['unknown command', 'unknown commands'],
  };
  const [one, many] = nouns[stage] ?? [stage.toUpperCase(), `${stage.toUpperCase()} commands`];
  return times === 1 ? one : many;
}
