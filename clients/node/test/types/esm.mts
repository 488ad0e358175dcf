// Compiled, never run: what the types allow, and what they do not.
import test from 'node:test';
import { Double, Message, Rule, VerifyFailedError, WaitTimeoutError, connect, sharedServer, startServer, useDouble } from 'smtp-double';

const server = await startServer({ scenario: ['accept', 'greylist-once'], options: ['--threads', '2'] });
const other = await connect('http://127.0.0.1:8025', { token: 'secret' });
const double: Double = await server.double({ scenario: { library: 'errors/mailbox-full' }, listen: ['smtp', 'lmtp'], select: { 'auth.user': 'ann' } });
await other.double('rules: []');
await other.double({ scenario: { rules: [{ at: 'rcpt', reply: 550 }] } });

const rule: Rule = await double.failNext({ code: 450, stage: ['mail', 'rcpt'], times: 2, recipient: '*@example.com', delay: '2s', then: { close: 100 } });
await double.failNext({ code: null, times: null, stage: 'message', then: 'reset', when: { 'header.X-Tag': { exists: true } } });
await double.addRule({ at: 'rcpt', per: ['client.ip'], times: 1, reply: '450 4.7.1 Greylisted' });
console.log(await double.hits(rule), (await double.rule(rule)).hits, await double.hits('defer'));
await double.verify({ hits: { [rule.name]: 2, [`${rule}`]: { min: 1 }, defer: 0 } });
await double.replaceRule(rule, { at: 'rcpt', reply: 550 });
await double.removeRule(rule);
await double.waitForHits(rule, { count: 2, timeout: 5000 });
await double.waitForHits('defer', 2, { timeout: '5s' });
await double.waitForMessages(2, { recipient: '*@example.com' });
await double.waitForSessions(2, { ended: null });

const messages: Message[] = await double.waitForMessages({ count: 2, recipient: '*@example.com', headers: { 'X-Tag': 'blue*' } });
const [first] = messages;
if (first !== undefined) {
  const text: string | null = await first.text();
  const tag: string | undefined = (await first.headers()).get('X-Tag');
  const octets: Buffer = await (await first.attachments())[0]!.content();
  console.log(text, tag, octets, first.sender?.length, first.recipients.join());
}
for await (const event of double.events({ after: 0, signal: new AbortController().signal })) {
  if (event.kind === 'session' && event.data.end !== null) console.log(event.data.outcome);
  if (event.kind === 'entry') console.log(event.data.session, event.data.received);
}
try {
  await double.verify({ messages: { count: { min: 1 }, subject: 'Hi' }, sessions: 2, hits: { defer: 2 }, sequence: ['EHLO'], unmatched: 0 });
} catch (error) {
  if (error instanceof VerifyFailedError) console.log(error.failed[0]?.actual, error.status);
  if (error instanceof WaitTimeoutError) console.log(error.nearest.join());
}
test('with node:test', async (t) => {
  await using made = await useDouble(t, { name: 't1' });
  await made.reset('journal', 'mailbox');
});
await using shared = await sharedServer();
console.log(shared.url);

// @ts-expect-error a code is needed
await double.failNext({ stage: 'rcpt' });
// @ts-expect-error no such stage
await double.failNext({ code: 450, stage: 'rctp' });
// @ts-expect-error a typo is no condition
await double.failNext({ code: 450, recipent: 'x' });
// @ts-expect-error a typo is no filter
await double.waitForMessages({ recipent: 'x' });
// @ts-expect-error neither a rule nor its name
await double.hits(7);
// @ts-expect-error a count is a number
await double.waitForMessages('2');
// @ts-expect-error the count is there twice
await double.waitForMessages(2, { count: 2 });
// @ts-expect-error one selector
await server.double({ select: { sender: 'x' } });
// @ts-expect-error doubles are made by servers
new Double();
