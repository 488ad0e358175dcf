// What a double is told to do, and what it tells.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  BadScenarioError, ConflictError, NoListenerError, NotFoundError, VerifyFailedError, WaitTimeoutError, sharedServer,
  startServer, useDouble,
} from '../index.js';
import { codes, send } from './support/mail.js';

const rcpt = (address) => `RCPT TO:<${address}>`;
const recipients = (...addresses) => ['MAIL FROM:<me@example.org>', ...addresses.map(rcpt)];

test('failNext: so often', async (t) => {
  const double = await useDouble(t);
  const rule = await double.failNext({ code: 450, times: 2 });
  assert.deepEqual([rule.at, rule.times, rule.posted], [['rcpt'], 2, true]);
  assert.deepEqual(await codes(double, ...recipients('a@x', 'a@x', 'a@x')), [250, 450, 450, 250]);
  assert.equal(await double.hits(rule.name), 2);
  await double.failNext({ code: 550, times: null });
  assert.deepEqual(await codes(double, ...recipients('a@x', 'a@x')), [250, 550, 550]);
});

test('failNext: with a text, on conditions', async (t) => {
  const double = await useDouble(t);
  await double.failNext({
    code: '452 4.2.2 Mailbox full', stage: ['rcpt', 'vrfy'], name: 'full', recipientDomain: 'example.com', times: null,
  });
  assert.deepEqual(await codes(double, ...recipients('a@example.com', 'a@example.net')), [250, 452, 250]);
  assert.deepEqual((await double.rule('full')).at, ['rcpt', 'vrfy']);
  await double.failNext({ code: 551, when: { session: { over: 100 } } });
  assert.deepEqual(await codes(double, ...recipients('a@example.net')), [250, 250]);
});

test('failNext: and then', async (t) => {
  const double = await useDouble(t);
  await double.failNext({ code: null, then: 'close' });
  assert.deepEqual(await codes(double, ...recipients('a@x')), [250, null]);
  await double.failNext({ code: 450, delay: 2, then: { close: '1ms' } });
  assert.deepEqual(await codes(double, ...recipients('a@x')), [250, 450]);
  const { entries } = await double.session(2);
  assert.equal(entries.find(({ kind }) => kind === 'waited').askedMs, 2);
});

test('failNext: mistakes are told', async (t) => {
  const double = await useDouble(t);
  await assert.rejects(double.failNext({ code: 550, recipent: 'x' }), /recipent.*did you mean 'recipient'/);
  await assert.rejects(double.failNext({ code: 550, stage: 'rctp' }), BadScenarioError);
  await double.failNext({ code: 550, name: 'same' });
  await assert.rejects(double.failNext({ code: 550, name: 'same' }), ConflictError);
  assert.throws(() => double.failNext({}), TypeError);
  assert.throws(() => double.failNext(450), /failNext\(\) takes options such as \{ code: 450/);
  assert.throws(() => double.failNext({ code: 450, delay: -1 }), RangeError);
});

test('failNext: a typo of an option is no condition', async (t) => {
  const double = await useDouble(t);
  for (const [word, near] of Object.entries({
    tiems: 'times', time: 'times', stgae: 'stage', stages: 'stage', cod: 'code', delya: 'delay', nmae: 'name', whne: 'when',
  })) {
    const told = { name: 'TypeError', message: `failNext() has no option '${word}'; did you mean '${near}'?` };
    assert.throws(() => double.failNext({ code: 450, recipient: 'a@*', [word]: 2 }), told);
  }
  for (const [word, near] of [['states', 'state'], ['mesage', 'message'], ['bdoy', 'body']]) {
    await assert.rejects(double.failNext({ code: 450, [word]: 2 }), new RegExp(`'${word}'; did you mean '${near}'`));
  }
  const { errors: [{ detail }] } = await double.failNext({ code: 450, qqqq: 1 }).catch((error) => error);
  const fields = detail.split('known are: ')[1].split(', ');
  assert(fields.includes('state') && fields.includes('client.ip'), detail);
  for (const field of fields) { // the server knows them, and so says nothing of a typo of an option
    const word = field.replace(/\W(\w)/g, (_, letter) => letter.toUpperCase());
    await double.failNext({ code: 450, [word]: 1 }).catch((error) => assert(error instanceof BadScenarioError, error));
  }
});

test('rules', async (t) => {
  const double = await useDouble(t);
  const first = await double.addRule({ name: 'a/b c', at: 'rcpt', when: { recipient: 'a@*' }, reply: 550 });
  const [second] = await double.addRules('- {at: rcpt, when: {recipient: b@*}, reply: 551}\n- {at: vrfy, reply: 252}');
  const [third] = await double.addRules([{ at: 'rset', reply: '250 Fine' }]);
  assert.deepEqual(await codes(double, ...recipients('a@x', 'b@x', 'c@x')), [250, 550, 551, 250]);
  assert.deepEqual((await double.rules()).slice(0, 2).map(({ name }) => name), [third.name, second.name]);
  const unused = (await double.rules({ unused: true })).map(({ name }) => name);
  assert(unused.includes(third.name) && !unused.includes(first.name));
  assert.equal((await double.replaceRule('a/b c', { at: 'rcpt', reply: 450 })).hits, 0);
  await double.removeRule('a/b c');
  await assert.rejects(double.rule('a/b c'), NotFoundError);
});

test('a rule is as good as its name', async (t) => {
  const double = await useDouble(t);
  const rule = await double.failNext({ code: 450, times: 2, name: 'a/b c' });
  await codes(double, ...recipients('a@x'));
  assert.deepEqual([await double.hits(rule), await double.hits('a/b c'), (await double.rule(rule)).hits], [1, 1, 1]);
  const [top, next] = await double.rules();
  const { rules: [told] } = await double.scenario();
  for (const same of [rule, top, await double.rule(rule), told]) await double.verify({ hits: { [same]: 1, [next]: 0 } });
  await assert.rejects(double.verify({ hits: { [rule]: 2 } }), VerifyFailedError);
  assert.deepEqual(JSON.parse(JSON.stringify(top)), { ...top }); // nothing is added to what was told
  const replaced = await double.replaceRule(rule, { name: 'a/b c', at: 'rcpt', reply: 550 });
  assert.deepEqual([replaced.hits, `${replaced}`], [0, 'a/b c']);
  await double.removeRule(rule);
  await assert.rejects(double.hits(rule), NotFoundError);
  for (const call of ['rule', 'hits', 'replaceRule', 'removeRule', 'waitForHits']) {
    await assert.rejects(double[call](7), new RegExp(`^TypeError: ${call}\\(\\) needs a rule or its name, not 7`));
  }
});

test('the scenario, its states and its time', async (t) => {
  const double = await useDouble(t, `
    rules:
      - {at: mail, in: down, reply: 451}
      - {at: vrfy, during: 1m..2m, reply: 550}
  `);
  assert.equal(await double.state(), 'start');
  await double.setState('down');
  assert.deepEqual((await double.states()).map(({ key, state }) => [key, state]), [['', 'down']]);
  assert(await double.advanceClock('80s') >= 80_000);
  await assert.rejects(double.advanceClock('10 minutes'), /milliseconds.*'10m', not '10 minutes'/);
  assert.deepEqual(await codes(double, 'MAIL FROM:<>', 'VRFY a'), [451, 550]);
  await double.load({ library: 'accept' });
  assert.equal((await double.scenario()).name, 'accept');
  await double.load('scenario: mine\nrules: []\n');
  assert.equal((await double.scenario()).name, 'mine');
  await assert.rejects(double.load('rules:\n- at: rcpt\n  replay: 550\n'), (error) => {
    assert(error instanceof BadScenarioError);
    assert.deepEqual([error.status, error.errors[0].line], [422, 3]);
    assert.match(error.message, /did you mean 'reply'.*line 3/);
    return true;
  });
});

test('messages', async (t) => {
  const double = await useDouble(t);
  for (let number = 0; number < 3; number += 1) {
    const headers = { 'X-Number': String(number) };
    await send(double, { to: `u${number}@example.com`, subject: `number ${number}`, headers });
  }
  const subjects = async (filter) => (await double.messages(filter)).map(({ subject }) => subject);
  assert.deepEqual(await subjects(), ['number 0', 'number 1', 'number 2']);
  assert.deepEqual(await subjects({ recipient: 'u1@*', sender: 'me@*' }), ['number 1']);
  assert.deepEqual(await subjects({ headers: { 'x-number': '2' } }), ['number 2']);
  assert.deepEqual(await subjects({ session: 9 }), []);
  assert.deepEqual((await double.message(2)).recipients, ['u1@example.com']);
  await assert.rejects(double.messages({ recipent: 'x' }), /recipent/);
  await assert.rejects(double.message(9), NotFoundError);
});

test('a message', async (t) => {
  const double = await useDouble(t);
  const png = Buffer.from([0x89, 0x50, 0, 255]);
  await send(double, {
    subject: 'Grüße 😀', text: 'Hällo', html: '<p>Hällo</p>', cc: 'bob@example.com',
    headers: { 'X-Tag': ['one', 'two'] },
    attachments: [{ filename: 'Bild ä.png', content: png }],
  });
  const message = await double.waitForMessage();
  assert.deepEqual([message.subject, message.sender, message.recipients, message.session],
    ['Grüße 😀', 'me@example.org', ['ann@example.com', 'bob@example.com'], 1]);
  assert.match(message.outcome, /^250 /);
  assert.equal((await message.text()).trim(), 'Hällo');
  assert.equal((await message.html()).trim(), '<p>Hällo</p>');
  const headers = await message.headers();
  assert.deepEqual([headers.get('subject'), headers.getAll('x-tag'), headers.has('X-None'), headers.get('X-None')],
    ['Grüße 😀', ['one', 'two'], false, undefined]);
  assert([...headers].some(([name]) => name === 'Message-ID'));
  const [attachment, ...others] = await message.attachments();
  assert.deepEqual([attachment.fileName, attachment.type, others], ['Bild ä.png', 'image/png', []]);
  assert.equal(attachment.disposition, 'attachment');
  assert.deepEqual(await attachment.content(), png);
  assert.equal((await message.raw()).length, message.size);
  assert.equal((await message.details()).whole, true);
});

test('sessions and transcripts', async (t) => {
  const double = await useDouble(t);
  await double.failNext({ code: '550 5.1.1 No such user', name: 'nobody' });
  await codes(double, ...recipients('a@example.com'));
  await send(double);
  await double.waitForSessions({ count: 2 });
  const [refused] = await double.sessions({ outcome: 'refused' });
  assert.deepEqual([refused.id, refused.worstCode, refused.end], [1, 550, 'client-quit']);
  assert.equal(refused.helo, 'client.example');
  const { entries } = await double.session(1);
  assert.equal(entries.find(({ code }) => code === 550).rule, 'nobody');
  assert.match(await double.transcript(1), /550 5\.1\.1 No such user/);
  assert.match(await double.transcript(), /session 1\n.*session 2\n/s);
  const troubled = await double.troubledTranscript();
  assert.match(troubled, /rule 'nobody'/);
  assert.doesNotMatch(troubled, /session 2/);
  assert((await double.unmatched()).some(({ stage }) => stage === 'mail'));
});

test('deliveries', async (t) => {
  const double = await useDouble(t);
  await double.failNext({ code: 450, stage: 'message' });
  const mail = { messageId: '<1@example.org>' };
  await assert.rejects(send(double, mail), { responseCode: 450 });
  await send(double, mail);
  await double.waitForSessions({ count: 2 });
  const [delivery] = await double.deliveries();
  assert.deepEqual(delivery.attempts.map(({ code }) => code), [450, 250]);
  assert.deepEqual([delivery.accepted, delivery.by], [1, 'message-id']);
  assert(delivery.attempts[1].gapMs >= 0);
});

test('events', async (t) => {
  const double = await useDouble(t);
  const heard = new Set();
  const sending = send(double);
  for await (const { kind, data } of double.events({ after: 0 })) {
    heard.add(kind);
    if (kind === 'session' && data.end !== null) break;
  }
  await sending;
  assert.deepEqual([...heard].sort(), ['entry', 'message', 'session']);

  const aborter = new AbortController();
  for await (const { kind, data } of double.events({ after: 0, signal: aborter.signal })) {
    if (kind === 'message') assert.equal(data.subject, 'hello');
    aborter.abort();
  }
  const ended = (async () => {
    for await (const event of double.events()) assert.notEqual(event.kind, 'message');
  })();
  await double.close();
  await ended.catch((error) => assert(error instanceof NotFoundError, error));
});

test('waiting', async (t) => {
  const double = await useDouble(t);
  const waiting = double.waitForMessage({ recipient: 'bob@*', subject: 'la?e' });
  await send(double, { to: 'ann@example.com', subject: 'late' });
  await send(double, { to: 'bob@example.com', subject: 'late' });
  assert.equal((await waiting).id, 2);
  await assert.rejects(double.waitForMessages({ count: 3, timeout: 1 }), (error) => {
    assert(error instanceof WaitTimeoutError);
    assert.deepEqual([error.count, error.status], [2, 408]);
    return true;
  });
  await assert.rejects(double.waitForMessage({ subject: 'early', timeout: 1 }),
    /near: message \d: subject is 'late', not 'early'/);
  const rule = await double.failNext({ code: 450 });
  await codes(double, ...recipients('a@x'));
  assert.equal(await double.waitForHits(rule), 1);
  assert.equal(await double.waitForHits(rule.name, { count: 1 }), 1);
  assert.deepEqual((await double.waitForSessions({ outcome: 'refused' })).map(({ id }) => id), [3]);
  assert.equal((await double.waitForSessions({ count: 3, ended: null })).length, 3);
  await assert.rejects(double.waitForHits('nope'), NotFoundError);
  await assert.rejects(double.waitForMessages({ recipent: 'x' }), TypeError);
});

test('waiting as long as told', async (t) => {
  const double = await useDouble(t);
  const rule = await double.failNext({ code: 450 });
  for (const timeout of ['2ms', '1500us', '0.001s', 2, 0.5, 0]) {
    await assert.rejects(double.waitForMessage({ timeout }), WaitTimeoutError);
    await assert.rejects(double.waitForMessages(2, { timeout }), WaitTimeoutError);
    await assert.rejects(double.waitForSessions({ timeout }), WaitTimeoutError);
    await assert.rejects(double.waitForHits(rule, { timeout }), WaitTimeoutError);
  }
  for (const timeout of ['2', '2 s', 's', '-2s', '', -1, NaN, Infinity]) {
    await assert.rejects(double.waitForMessage({ timeout }), (error) => {
      assert(error instanceof RangeError, error);
      assert.match(error.message, /^the timeout of waitForMessage\(\) is milliseconds, or a text such as '200ms'/);
      return true;
    });
  }
  await assert.rejects(double.waitForMessage({ timeout: null }), TypeError);
});

test('waiting for so many', async (t) => {
  const double = await useDouble(t);
  const rule = await double.failNext({ code: 450, times: 2, recipient: 'busy@*' });
  await codes(double, ...recipients('busy@x', 'busy@x'));
  await send(double, { to: 'ann@example.com' });
  await send(double, { to: 'bob@example.com' });
  assert.equal((await double.waitForMessages(2)).length, 2);
  assert.equal((await double.waitForMessages(1, { recipient: 'bob@*' }))[0].id, 2);
  assert.equal((await double.waitForSessions(3)).length, 3);
  assert.equal(await double.waitForHits(rule.name, 2), 2);
  assert.equal(await double.waitForHits(rule, 2, { timeout: '5s' }), 2);
  await assert.rejects(double.waitForHits(rule, 3, { timeout: 1 }), WaitTimeoutError);
  for (const [call, told] of [
    [() => double.waitForMessages('2'), /takes options such as .* or a count, not '2'/],
    [() => double.waitForMessages(null), /not null/],
    [() => double.waitForMessages(2, 500), /not 500/],
    [() => double.waitForMessages({}, {}), /a count, options, or a count and options/],
    [() => double.waitForMessages(2, { count: 2 }), /twice/],
    [() => double.waitForMessages({ count: '2' }), /is a number, not '2'/],
    [() => double.waitForMessage(2), /takes options such as/],
    [() => double.waitForMessage({ count: 2 }), /no option 'count'/],
    [() => double.waitForSessions([2]), /waitForSessions\(\) takes options/],
    [() => double.waitForHits(rule, '2'), /waitForHits\(\) takes options/],
    [() => double.waitForHits(), /needs a rule or its name/],
    [() => double.messages('ann@*'), /messages\(\) takes options/],
    [() => double.sessions(3), /sessions\(\) takes options/],
    [() => double.verify(2), /verify\(\) takes options/],
    [() => double.verify({ messages: '2' }), /verify\(\) takes options/],
  ]) {
    await assert.rejects(async () => call(), (error) => {
      assert(error instanceof TypeError, error);
      assert.match(error.message, told);
      return true;
    });
  }
  await assert.rejects(double.waitForMessages(1.5), RangeError);
  await assert.rejects(double.waitForSessions(-1), RangeError);
});

test('one text is no list', async (t) => {
  const double = await useDouble(t);
  await assert.rejects(double.verify({ never: 'VRFY' }),
    /^TypeError: never is a list of texts such as \['VRFY'\], not 'VRFY'/);
  await assert.rejects(double.verify({ sequence: 'EHLO' }), /^TypeError: sequence is a list of texts/);
  await assert.rejects(double.verify({ sequence: [1] }), TypeError);
  const server = await sharedServer();
  await assert.rejects(server.double({ listen: 'lmtp' }), /^TypeError: listen is a list of texts/);
  await assert.rejects(startServer({ options: '--seed 7' }), /^TypeError: options is a list of texts/);
  await double.verify({ never: ['VRFY'], unmatched: 0 });
});

test('useDouble needs a test', async () => {
  await assert.rejects(useDouble(), /^TypeError: useDouble\(t\) needs the t of a test/);
  await assert.rejects(useDouble({ scenario: 'rules: []' }), TypeError);
});

test('verifying', async (t) => {
  const double = await useDouble(t, 'rules:\n- {name: defer, at: rcpt, times: 1, reply: 450, expect: {hits: 1}}\n');
  await assert.rejects(double.verify(), /1 hit of rule 'defer'.*there was none/s);
  await codes(double, ...recipients('a@x'));
  await send(double);
  await double.waitForSessions({ count: 2 });
  await double.verify();
  await double.verify({
    messages: { count: 1, recipient: 'ann@*' }, sessions: { min: 2, max: 3 }, hits: { defer: 1 },
    sequence: ['MAIL', 'RCPT'], never: ['VRFY'], unmatched: { min: 1 },
  });
  await double.verify({ messages: { count: { max: 0 }, recipient: 'bob@*' } });
  await double.verify({ sessions: { count: 1, outcome: 'refused' } });
  await assert.rejects(double.verify({ messages: 7 }), (error) => {
    assert(error instanceof VerifyFailedError);
    assert.equal(error.failed[0].actual, 'there was 1');
    return true;
  });
  await assert.rejects(double.verify({ message: 1 }), TypeError);
  await assert.rejects(double.verify({ messages: { count: 1, recipent: 'x' } }), TypeError);
});

test('reset and close', async (t) => {
  const server = await sharedServer();
  const double = await server.double({ name: 'short', listen: ['smtp', 'lmtp', 'smtps'] });
  t.after(() => double.close());
  assert.equal(new Set([double.port, double.lmtpPort, double.smtpsPort]).size, 3);
  await assert.rejects(server.double({ name: 'short' }), ConflictError);
  await double.failNext({ code: 450 });
  await codes(double, ...recipients('a@x'));
  await double.reset('rules');
  assert.deepEqual((await double.rules()).filter(({ posted }) => posted), []);
  assert.equal((await double.sessions()).length, 1);
  await double.reset();
  assert.deepEqual(await double.sessions(), []);
  await double.close();
  await double.close();
  await assert.rejects(double.messages(), NotFoundError);
  const selected = await server.double({ select: { helo: 'client.example' } });
  t.after(() => selected.close());
  await selected.failNext({ code: 550 });
  assert.deepEqual(await codes(await server.main(), ...recipients('a@x')), [250, 550]);
  const main = await server.main();
  assert.deepEqual([selected.listeners, selected.host, selected.port], [[], main.host, main.port]);
  assert.throws(() => selected.lmtpPort, NoListenerError);
  const again = (await server.doubles()).find(({ name }) => name === selected.name);
  assert.equal(again.port, main.port);
  const both = await server.double({ select: { helo: 'other.example' }, listen: ['lmtp'] });
  t.after(() => both.close());
  assert.equal(both.port, both.lmtpPort);
  assert.notEqual(both.port, main.port);
});

test('as a disposable', async () => {
  const server = await sharedServer();
  const double = await server.double();
  await double[Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')]();
  await assert.rejects(double.details(), NotFoundError);
});
