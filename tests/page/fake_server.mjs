// A stand-in for the program, in the shape of its API: node fake_server.mjs [--sessions N] [--token T] [--live] [--empty] [--port P]
import http from 'node:http';
import { execFileSync } from 'node:child_process';
import { readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const pageFolder = path.join(root, 'server/admin/page');
const binary = path.join(root, 'build/dev/server/app/smtp-double');
const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const has = (name) => process.argv.includes(`--${name}`);
const token = option('token', null);
const began = Date.now();
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'";

const greylisting = readFileSync(path.join(root, 'scenarios/flaky/greylisting.yaml'), 'utf8');
const stamp = (ms) => new Date(ms).toISOString().replace('Z', '123Z');
let sequence = 0;

function makeDouble(name) {
  return {
    name, sessions: [], messages: [], sessionId: 0, messageId: 0, streams: new Set(), posted: [], log: [],
    rules: [
      { name: 'defer the first attempt', at: ['rcpt'], hits: 3, matches: 5, times: 1, expect: '3 hits', line: 14, posted: false,
        yaml: '- name: defer the first attempt\n  at: rcpt\n  when:\n    recipient: "*@example.com"\n  per: [client.ip, sender, recipient]\n  times: 1\n  reply: 450 4.7.1 Greylisted, please try again later\n' },
      { name: 'one message in five is lost after it was stored', at: ['message'], hits: 0, matches: 4, times: null, expect: null, line: 22, posted: false,
        yaml: '- name: one message in five is lost after it was stored\n  at: message\n  probability: 20%\n  reply: none\n  then: reset\n' },
      { name: 'nobody asks for this', at: ['vrfy', 'expn'], hits: 0, matches: 0, times: null, expect: null, line: 28, posted: false,
        yaml: '- name: nobody asks for this\n  at: [vrfy, expn]\n  reply: 502 5.5.1 Not here\n' },
      { name: '<img src=x onerror=alert(1)> rule', at: ['mail'], hits: 12, matches: 12, times: 20, expect: null, line: 33, posted: false,
        yaml: '- name: "<img src=x onerror=alert(1)> rule"\n  at: mail\n  when: {sender.domain: slow.example}\n  delay: 1s\n' },
    ],
    scenario: 'greylisting',
  };
}
const doubles = new Map([['main', makeDouble('main')], ['checkout-tests', makeDouble('checkout-tests')]]);
if (has('single')) doubles.delete('checkout-tests');
if (has('empty')) for (const d of doubles.values()) d.rules.forEach((r) => { r.hits = 0; r.matches = 0; });

const describe = (d) => ({
  name: d.name, scenario: d.scenario, seed: 42,
  listeners: [{ kind: 'smtp', address: '127.0.0.1:1025', host: '127.0.0.1', port: 1025 }, { kind: 'smtps', address: '127.0.0.1:1465', host: '127.0.0.1', port: 1465 }],
  select: null, created_at: stamp(began), sessions: d.sessionId, open_sessions: d.sessions.filter((s) => s.outcome === 'open').length,
  messages: d.messages.length, rules: allRules(d).length, unused_rules: allRules(d).filter((r) => !r.hits).length,
  evicted: { entries: 0, messages: 0 }, url: `/v1/doubles/${d.name}`,
});
const allRules = (d) => [...d.posted, ...d.rules];
const emit = (d, event, data, id) => {
  for (const stream of d.streams) stream.write(`${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
};

function begin(d, at, client, helo) {
  const s = { id: ++d.sessionId, at: stamp(at), elapsed_ms: at - began, duration_ms: null, client, listener: 'smtp', helo: null, tls: null,
    auth_user: null, commands: 0, replies: { 2: 0, 3: 0, 4: 0, 5: 0 }, worst_code: null, messages: 0, outcome: 'open', end: null, entries: [], clock: at, wantsHelo: helo };
  d.sessions.push(s);
  const opened = entry(d, s, { kind: 'opened' });
  emit(d, 'session', summary(s), opened.sequence);
  return s;
}
const summary = ({ entries, clock, wantsHelo, ...rest }) => rest;
function entry(d, s, fields) {
  s.clock += fields.took ?? 0.4;
  const e = { sequence: ++sequence, at: stamp(Math.floor(s.clock)), elapsed_ms: s.clock - began, stage: null, received: null, sent: null, sent_octets: 0,
    left_octets: 0, code: null, rule: null, hit: null, explanation: null, misses: [], note: null, message: null, ...fields };
  delete e.took;
  s.entries.push(e);
  emit(d, 'entry', { ...e, session: s.id }, e.sequence);
  return e;
}
function exchange(d, s, stage, received, sent, more = {}) {
  const code = Number(sent.slice(0, 3)) || null;
  s.commands += received === null ? 0 : 1;
  if (code) s.replies[Math.floor(code / 100)] = (s.replies[Math.floor(code / 100)] ?? 0) + 1;
  if (code >= 400 && (s.worst_code ?? 0) < code) s.worst_code = code;
  if (['ehlo', 'helo'].includes(stage)) s.helo = received.split(' ')[1];
  return entry(d, s, { kind: 'exchange', stage, received, sent, sent_octets: sent.length, left_octets: sent.length, code, ...more });
}
function close(d, s, outcome, end) {
  entry(d, s, { kind: 'closed', note: `octets in: ${300 + s.commands * 31}, out: 512` });
  s.outcome = outcome; s.end = end; s.duration_ms = s.clock - Date.parse(s.at.replace('123Z', 'Z'));
  emit(d, 'session', summary(s), sequence);
}
const EHLO = '250-mx.example.test greets you\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 DSN\r\n';
const SUBJECTS = ['Your order #10482 has shipped', 'Reset your password', '<script>alert("subject")</script> & more', 'Monatsübersicht für November – Rechnung', 'Welcome aboard, Ann 🎉',
  'A very long subject line that goes on and on because somebody put a whole paragraph of text into the header where only a few words belong'];
const PEOPLE = ['ann@example.com', 'bob@example.net', '"<b>x</b>"@example.org', 'grüße@bücher.example', 'shop+orders@example.com'];
const pick = (list, n) => list[n % list.length];

function message(d, s, n, outcome) {
  const m = { id: ++d.messageId, session: s.id, at: stamp(Math.floor(s.clock)), elapsed_ms: s.clock - began, sender: pick(PEOPLE, n + 1), recipients: n % 4 === 3 ? PEOPLE.slice(0, 3) : [pick(PEOPLE, n)],
    subject: pick(SUBJECTS, n), size: 1234 + n * 977, outcome, message_id: `<${n}.1@app.example>`, attachments: n % 3 === 0 ? 2 : 0 };
  d.messages.push(m);
  emit(d, 'message', m, sequence);
  return m;
}
function accepted(d, at, n) {
  const s = begin(d, at, `127.0.0.1:${40000 + n % 20000}`, 'app.example');
  exchange(d, s, 'connect', null, '220 mx.example.test ESMTP ready\r\n');
  exchange(d, s, 'ehlo', `EHLO ${n % 7 === 3 ? '<img/src=x/onerror=alert(1)>' : 'app-' + (n % 5) + '.example'}`, EHLO);
  exchange(d, s, 'mail', `MAIL FROM:<${pick(PEOPLE, n + 1)}> SIZE=1200`, '250 2.1.0 Sender OK\r\n', { rule: n % 2 ? null : '<img src=x onerror=alert(1)> rule', hit: 3 });
  exchange(d, s, 'rcpt', `RCPT TO:<${pick(PEOPLE, n)}>`, '250 2.1.5 Recipient OK\r\n', { misses: ["rule 'defer the first attempt': its 1 time is over for this key", "rule 'other': recipient is 'ann@example.com', not '*@example.net'"] });
  exchange(d, s, 'data', 'DATA', '354 End data with <CR><LF>.<CR><LF>\r\n');
  const m = message(d, s, n, `250 2.0.0 Message ${s.id}.1 accepted`);
  entry(d, s, { kind: 'message', message: m.id, note: m.subject });
  exchange(d, s, 'message', '.', `250 2.0.0 Message ${s.id}.1 accepted\r\n`, { message: m.id, took: 3.2 });
  exchange(d, s, 'quit', 'QUIT', '221 2.0.0 Goodbye\r\n');
  s.messages = 1;
  close(d, s, 'accepted', 'client-quit');
}
function refused(d, at, n) {
  const s = begin(d, at, `127.0.0.1:${40000 + n % 20000}`, 'app.example');
  exchange(d, s, 'connect', null, '220 mx.example.test ESMTP ready\r\n');
  exchange(d, s, 'ehlo', 'EHLO worker-3.example', EHLO);
  if (n % 3 === 0) { s.tls = 'TLSv1.3 TLS_AES_256_GCM_SHA384'; entry(d, s, { kind: 'note', note: 'TLS is up: TLSv1.3, TLS_AES_256_GCM_SHA384, SNI mx.example.test' }); }
  exchange(d, s, 'mail', `MAIL FROM:<${pick(PEOPLE, n + 1)}>`, '250 2.1.0 Sender OK\r\n');
  entry(d, s, { kind: 'waited', stage: 'rcpt', asked_ms: 2000, measured_ms: 2000.4, took: 2000 });
  const hard = n % 2;
  exchange(d, s, 'rcpt', `RCPT TO:<${pick(PEOPLE, n)}>`, hard ? '550 5.1.1 No such user here\r\n' : '450 4.7.1 Greylisted, please try again later\r\n',
    { rule: hard ? null : 'defer the first attempt', hit: hard ? null : 2, explanation: hard ? '550 5.1.1: Mailbox unavailable, or refused by policy; bad destination mailbox address (permanent failure)' : '450 4.7.1: Mailbox not available now; delivery not authorized (transient failure)', misses: hard ? ["rule 'defer the first attempt': recipient is 'x', not '*@example.com'"] : [] });
  exchange(d, s, 'quit', 'QUIT', '221 2.0.0 Goodbye\r\n');
  close(d, s, 'refused', 'client-quit');
}
function failed(d, at, n) {
  const s = begin(d, at, `[::1]:${40000 + n % 20000}`, 'app.example');
  exchange(d, s, 'connect', null, '220 mx.example.test ESMTP ready\r\n');
  exchange(d, s, 'ehlo', 'EHLO app.example', EHLO);
  exchange(d, s, 'mail', 'MAIL FROM:<ann@example.com>', '250 2.1.0 Sender OK\r\n');
  exchange(d, s, 'rcpt', 'RCPT TO:<bob@example.net>', '250 2.1.5 Recipient OK\r\n', { left_octets: 10, rule: 'the reply breaks off', hit: 1 });
  exchange(d, s, 'data', 'DATA', '25 OK\n', { rule: 'broken', hit: 1, code: 354, explanation: null });
  entry(d, s, { kind: 'incomplete', note: 'the content ended after 512 octets' });
  close(d, s, 'failed', 'reset');
}
function quiet(d, at, n) {
  const s = begin(d, at, `127.0.0.1:${40000 + n % 20000}`, 'x');
  exchange(d, s, 'connect', null, '220 mx.example.test ESMTP ready\r\n');
  close(d, s, 'quiet', 'client-closed');
}
const KINDS = [accepted, refused, accepted, failed, refused, accepted, quiet, accepted];
const count = has('empty') ? 0 : Number(option('sessions', 14));
for (const d of doubles.values()) {
  const amount = d.name === 'main' ? count : Math.min(count, 3);
  for (let n = 0; n < amount; ++n) pick(KINDS, n)(d, began - (amount - n) * 7000, n);
}
if (has('live')) setInterval(() => { const d = doubles.get('main'); pick(KINDS, d.sessionId)(d, Date.now(), d.sessionId); }, Number(option('every', 2500))).unref();

const HTML = '<h1 style="font-family:sans-serif;color:#234">Your order has shipped</h1><p style="font-family:sans-serif">Hello <b>Ann</b>, it is on its way.</p><img src="http://remote.example/pixel.gif" width=20 height=20><script>top.alert(1)</script><a href="http://remote.example/">Track it</a><img src=x onerror="alert(1)">';
function detail(d, m) {
  return { ...m, helo: 'app.example', parameters: 'SIZE=1200 BODY=8BITMIME', recipients_detail: m.recipients.map((mailbox) => ({ mailbox, parameters: 'NOTIFY=FAILURE', outcome: '250 2.1.5 Recipient OK' })),
    tls: m.id % 3 === 0 ? 'TLSv1.3 TLS_AES_256_GCM_SHA384' : null, auth_user: null,
    headers: [['From', 'Shop <shop@example.com>'], ['To', m.recipients.join(', ')], ['Subject', m.subject], ['Date', 'Thu, 26 Nov 2026 07:21:16 +0000'], ['Message-ID', m.message_id], ['MIME-Version', '1.0'], ['Content-Type', 'multipart/alternative; boundary="=_b1"'], ['X-<b>odd</b>', '<script>alert(2)</script>'], ['DKIM-Signature', 'v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=mail; h=from:to:subject:date; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR']].map(([name, value]) => ({ name, value, raw: `${name}: ${value}` })),
    text: m.id % 5 === 4 ? null : 'Hello Ann,\n\nyour order #10482 is on its way. You can follow it at https://shop.example/track/10482.\n\n<script>alert("text")</script>\n\n-- \nThe shop\n', html: m.id % 4 === 2 ? null : HTML,
    parts: [{ index: '1', type: 'text/plain', file_name: null, disposition: '', size: 180, content_id: null }, { index: '2', type: 'text/html', file_name: null, disposition: '', size: HTML.length, content_id: null },
      ...(m.attachments ? [{ index: '3', type: 'application/pdf', file_name: 'invoice <script>alert(1)</script>.pdf', disposition: 'attachment', size: 48213, content_id: null }, { index: '4', type: 'image/png', file_name: 'logo.png', disposition: 'inline', size: 812, content_id: 'logo@x' }] : [])],
    whole: m.id % 6 !== 5, findings: m.id % 4 === 1 ? ['bare LF in line 3 of the content', 'no Date field'] : [], delivery: history(d)[0] ?? null };
}
function history(d) {
  if (!d.sessions.length) return [];
  return [
    { key: '<0.1@app.example>', by: 'message-id', sender: 'bob@example.net', recipients: ['ann@example.com'], subject: SUBJECTS[0], accepted: 1, findings: [],
      attempts: [{ session: 2, at: stamp(began - 90000), elapsed_ms: 1, gap_ms: null, stage: 'rcpt', code: 450, reply: '450 4.7.1 Greylisted', message: null }, { session: 5, at: stamp(began - 60000), elapsed_ms: 30001, gap_ms: 30000, stage: 'message', code: 451, reply: '451 4.3.0 Try later', message: null }, { session: 1, at: stamp(began - 1000), elapsed_ms: 90000, gap_ms: 60000.5, stage: 'message', code: 250, reply: '250 2.0.0 accepted', message: 1 }] },
    { key: 'content', by: 'content', sender: 'ann@example.com', recipients: ['bob@example.net', 'x@example.org'], subject: '<b>again</b>', accepted: 2, findings: ['retried after a 5yz reply', 'no backoff: retried after 12 ms', 'delivered twice'],
      attempts: [{ session: 2, at: stamp(began - 90000), elapsed_ms: 1, gap_ms: null, stage: 'rcpt', code: 550, reply: '550 5.1.1 No', message: null }, { session: 3, at: stamp(began - 89988), elapsed_ms: 13, gap_ms: 12, stage: 'message', code: 250, reply: '250 2.0.0 accepted', message: 2 }, { session: 3, at: stamp(began - 80000), elapsed_ms: 10000, gap_ms: 9988, stage: 'message', code: 250, reply: '250 2.0.0 accepted', message: 3 }] },
    { key: 'envelope', by: 'envelope', sender: null, recipients: ['gone@example.com'], subject: null, accepted: 0, findings: [],
      attempts: [{ session: 4, at: stamp(began - 70000), elapsed_ms: 1, gap_ms: null, stage: 'data', code: null, reply: '', message: null }] },
  ];
}

const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' };
const globMatch = (glob, text) => new RegExp('^' + glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.') + '$', 'i').test(text ?? '');
function paged(list, query, keep) {
  const limit = Number(query.get('limit') ?? 50), desc = query.get('order') === 'desc', after = query.get('after');
  let found = list.filter(keep);
  if (desc) found = found.slice().reverse();
  if (after) found = found.filter((x) => desc ? x.id < Number(after) : x.id > Number(after));
  const page = found.slice(0, limit);
  return [page, found.length > limit ? page.at(-1).id : null];
}
function library() {
  const out = execFileSync(binary, ['scenarios'], { encoding: 'utf8' });
  let folder = '';
  return out.split('\n').flatMap((line) => {
    const head = /^(\S+)\/$/.exec(line);
    if (head) { folder = head[1] + '/'; return []; }
    const one = /^\s*(\S+)\s{2,}(.+)$/.exec(line);
    return one ? [{ name: (line.startsWith(' ') ? folder : '') + one[1], purpose: one[2] }] : [];
  });
}
const body = (request) => new Promise((resolve) => { let text = ''; request.on('data', (c) => text += c); request.on('end', () => resolve(text)); });

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x');
  const query = url.searchParams;
  const json = (status, value) => { response.writeHead(status, { 'Content-Type': 'application/json' }); response.end(value === undefined ? '' : JSON.stringify(value)); };
  const fail = (status, title, more = {}) => json(status, { errors: [{ title, detail: more.detail ?? title, ...more }] });
  if (!url.pathname.startsWith('/v1/')) {
    const name = url.pathname === '/' ? 'index.html' : url.pathname.slice(1);
    const file = path.join(pageFolder, name);
    if (!existsSync(file)) return fail(404, 'Not found');
    response.writeHead(200, { 'Content-Type': TYPES[name.split('.').pop()], 'Content-Security-Policy': CSP, 'Cache-Control': 'no-store' });
    return response.end(readFileSync(file));
  }
  if (token && request.headers.authorization !== `Bearer ${token}` && query.get('token') !== token) return fail(401, 'Token wanted', { detail: 'this server wants a token' });
  if (url.pathname === '/v1/version') return json(200, { name: 'smtp-double', version: '0.1.0' });
  if (url.pathname === '/v1/explain') {
    try {
      const words = [...query.get('reply').split(' ')];
      if (query.get('stage')) words.push('--stage', query.get('stage'));
      return json(200, JSON.parse(execFileSync(binary, ['explain', ...words, '--json'], { encoding: 'utf8' })));
    } catch (error) { return fail(400, 'Bad parameter', { detail: String(error.stderr ?? error) }); }
  }
  if (url.pathname === '/v1/stages') {
    const names = 'connect helo ehlo lhlo starttls tls auth auth-response auth-result mail rcpt data body message bdat rset noop vrfy expn help quit etrn unknown idle'.split(' ');
    return json(200, { stages: names.map((name) => { try { return { name, codes: JSON.parse(execFileSync(binary, ['explain', '--stage', name, '--json'], { encoding: 'utf8' })).stages[0].replies.map((r) => r.code) }; } catch { return { name, codes: [] }; } }) });
  }
  if (url.pathname === '/v1/library') return json(200, { scenarios: library() });
  if (url.pathname.startsWith('/v1/library/')) {
    const name = decodeURIComponent(url.pathname.slice(12));
    return json(200, { name, purpose: '', yaml: readFileSync(path.join(root, 'scenarios', name + '.yaml'), 'utf8') });
  }
  if (url.pathname === '/v1/doubles') return json(200, { doubles: [...doubles.values()].map(describe) });
  const [, , , name, what, id, sub, part] = url.pathname.split('/').map(decodeURIComponent);
  const d = doubles.get(name);
  if (!d) return fail(404, 'No such double');
  const evicted = { entries: 0, messages: 0 };
  switch (what) {
    case undefined:
      if (request.method === 'DELETE') { if (name === 'main') return fail(409, 'main stays'); doubles.delete(name); return json(204); }
      return json(200, describe(d));
    case 'scenario':
      if (request.method === 'PUT') {
        const text = await body(request);
        if (text.includes('replay')) return fail(422, 'Bad scenario', { detail: "unknown key 'replay'; did you mean 'reply'?", pointer: '/rules/0/replay', line: 3, column: 5 });
        if (request.headers['content-type'].includes('json')) d.scenario = JSON.parse(text).library;
      }
      return json(200, { name: d.scenario, description: 'The first attempt of every sender/recipient pair is deferred; a retry within the hour is accepted.', seed: 42, yaml: greylisting, states: ['start'], rules: allRules(d) });
    case 'rules':
      if (request.method === 'POST') {
        const yaml = await body(request);
        if (/reply: [6-9]/.test(yaml)) return fail(422, 'Bad rule', { detail: 'a reply code is from 100 to 599', pointer: '/reply', line: 3, column: 10 });
        const rule = { name: /name: (.*)/.exec(yaml)?.[1] ?? `posted-${d.posted.length + 1}`, at: [/at: (\S+)/.exec(yaml)[1]], hits: 0, matches: 0, times: Number(/times: (\d+)/.exec(yaml)?.[1]) || null, expect: null, yaml, line: null, posted: true };
        d.posted.unshift(rule);
        return json(201, { rules: [rule] });
      }
      if (request.method === 'DELETE') { d.posted = d.posted.filter((r) => r.name !== id); d.rules = d.rules.filter((r) => r.name !== id); return json(204); }
      return json(200, { rules: allRules(d) });
    case 'state': return json(200, { states: ['start', 'up'], per: ['client.ip'], keys: [{ key: '127.0.0.1', state: 'up', age_ms: 1200 }] });
    case 'unmatched': return json(200, { unmatched: d.sessions.flatMap((s) => s.entries.filter((e) => e.misses.length).map((e) => ({ session: s.id, sequence: e.sequence, stage: e.stage, line: e.received, code: e.code, nearest: e.misses.map((text) => ({ rule: text.split("'")[1], why: text.split(': ').slice(1).join(': ') })) }))).slice(-20), evicted });
    case 'sessions':
      if (request.method === 'DELETE') { d.sessions = []; return json(204); }
      if (id) {
        const s = d.sessions.find((x) => x.id === Number(id));
        if (!s) return fail(404, 'No such session', { detail: `session ${id} is not in the journal` });
        if (sub === 'transcript') { response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }); return response.end(s.entries.map((e) => `${e.received ? `C: ${e.received}\n` : ''}${e.sent ? `S: ${e.sent}` : ''}`).join('')); }
        return json(200, { ...summary(s), entries: s.entries, evicted });
      }
      { const [page, next] = paged(d.sessions, query, (s) => (!query.get('outcome') || s.outcome === query.get('outcome')) && (!query.get('helo') || globMatch(query.get('helo'), s.helo)) && (!query.get('client') || globMatch(query.get('client'), s.client)));
        return json(200, { sessions: page.map(summary), next, evicted }); }
    case 'messages':
      if (request.method === 'DELETE') { d.messages = []; return json(204); }
      if (id) {
        const m = d.messages.find((x) => x.id === Number(id));
        if (!m) return fail(404, 'No such message');
        if (sub === 'raw') { response.writeHead(200, { 'Content-Type': 'message/rfc822' }); return response.end(`Subject: ${m.subject}\r\nFrom: x\r\n\r\nHello <b>there</b>\r\n.\r\n`); }
        if (sub === 'html') { response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox" }); return response.end(HTML); }
        if (sub === 'parts') { response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Disposition': 'attachment; filename="x.bin"' }); return response.end(`part ${part}`); }
        return json(200, { ...detail(d, m), evicted });
      }
      { const [page, next] = paged(d.messages, query, (m) => ['subject'].every((k) => !query.get(k) || globMatch(query.get(k), m[k])) && (!query.get('sender') || globMatch(query.get('sender'), m.sender)) && (!query.get('recipient') || m.recipients.some((r) => globMatch(query.get('recipient'), r))) && (!query.get('session') || m.session === Number(query.get('session'))));
        return json(200, { messages: page, next, evicted }); }
    case 'deliveries': return json(200, { deliveries: history(d), evicted });
    case 'events':
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(': hello\n\n');
      d.streams.add(response);
      request.on('close', () => d.streams.delete(response));
      return;
    case 'reset': {
      const parts = (query.get('what') ?? 'all').split(',');
      if (parts.includes('all') || parts.includes('journal')) d.sessions = [];
      if (parts.includes('all') || parts.includes('mailbox')) d.messages = [];
      if (parts.includes('all') || parts.includes('rules')) d.posted = [];
      if (parts.includes('all') || parts.includes('progress')) for (const r of allRules(d)) { r.hits = 0; r.matches = 0; }
      if (parts.includes('all')) d.sessionId = 0;
      emit(d, 'reset', {}, ++sequence);
      return json(204);
    }
  }
  return fail(404, 'Not found');
});
server.listen(Number(option('port', 0)), '127.0.0.1', () => console.log(`READY http://127.0.0.1:${server.address().port}`));
