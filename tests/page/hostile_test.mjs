// Whatever a client or a scenario calls itself stays text, and nothing that a mail says is fetched or run.
import assert from 'node:assert/strict';
import http from 'node:http';
import {after, test} from 'node:test';
import {openPage} from './browser.mjs';
import {startDouble} from './double.mjs';
import {connect, deliver} from './smtp.mjs';

// Somebody's server, which is to hear nothing.
const asked = [];
const remote = http.createServer((request, response) => {
  asked.push(request.url);
  response.end('alert("remote")');
});
await new Promise((resolve) => remote.listen(0, '127.0.0.1', resolve));
after(() => remote.close());
const REMOTE = `http://127.0.0.1:${remote.address().port}`;

const IMAGE = '<img src=x onerror=alert(1)>';
const SCRIPT = '<script>alert(1)</script>';
const HTML = `<html><head><base href="${REMOTE}/"><meta http-equiv="refresh" content="0;url=${REMOTE}/refresh"><link rel=stylesheet href="${REMOTE}/style.css">
<style>@import url(${REMOTE}/import.css); body{background:url(${REMOTE}/background.png)} @font-face{font-family:x;src:url(${REMOTE}/font.woff)} p{font-family:x}</style></head>
<body onload="alert('load')"><h1>Hostile</h1>${SCRIPT}${IMAGE}<img src="${REMOTE}/pixel.gif"><picture><source srcset="${REMOTE}/set.png"><img src="${REMOTE}/set2.png"></picture>
<script src="${REMOTE}/remote.js"></script><iframe src="${REMOTE}/frame"></iframe><object data="${REMOTE}/object"></object><embed src="${REMOTE}/embed"><video src="${REMOTE}/video" poster="${REMOTE}/poster"></video>
<svg><script>alert('svg')</script><image href="${REMOTE}/svg.png"/></svg><form id=f action="${REMOTE}/form"><button>Send</button></form><a id=link href="${REMOTE}/link">Link</a>
<a id=script href="javascript:alert('href')">Script</a><a id=top target=_top href="${REMOTE}/top">Top</a><a id=blank target=_blank href="${REMOTE}/blank">Blank</a><p>text</p></body></html>`;

const CONTENT = [
  `From: "${IMAGE}" <a@example.com>`, `Subject: ${SCRIPT}${IMAGE}`, `X-${'<b>'}: ${IMAGE}`, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '',
  '--b', 'Content-Type: text/plain', '', `${SCRIPT} as text`, '', '--b', 'Content-Type: text/html', '', HTML, '',
  '--b', `Content-Type: application/x-${'odd'}; name="${SCRIPT}"`, `Content-Disposition: attachment; filename="../../${IMAGE.replace(/"/g, '')}"`, '', 'octets', '--b--', ''].join('\r\n');

const SCENARIO = `
scenario: '${IMAGE.replaceAll(' ', '/')}'
description: '${SCRIPT}'
rules:
  - name: '${IMAGE} rule'
    at: rcpt
    when: {recipient: "x@example.com"}
    reply: 550 5.1.1 ${IMAGE} ${SCRIPT}
  - name: '${SCRIPT}'
    at: vrfy
    reply: 252
`;

// What the browser says when the frame's policy or its sandbox has refused something.
const REFUSED = [/Content Security Policy/, /sandboxed/, /Content-Security-Policy/, /ERR_BLOCKED_BY_CSP/];

async function prepare() {
  const double = await startDouble({scenario: SCENARIO});
  await deliver(double.port, {helo: IMAGE.replaceAll(' ', '/'), sender: '"<img/src=x/onerror=alert(1)>"@example.com', recipients: ['x@example.com', '"<script>alert(1)</script>"@example.com'], content: CONTENT});
  const client = await connect(double.port);
  await client.reply();
  await client.say(`VRFY ${SCRIPT}`);
  await client.say(`${IMAGE}`);
  await client.say('QUIT');
  await client.close();
  return double;
}

/** Nothing of it has become an element. */
async function checkInert(page) {
  assert.equal(await page.locator('main img, main script, main b, #toasts img, dialog img, header img:not(.brand img)').count(), 0);
}

test('names, addresses, subjects, headers, rules and replies are text wherever they are shown', {timeout: 120_000}, async () => {
  const double = await prepare();
  const page = await openPage(double, '#/main/sessions', {expected: REFUSED});
  const seen = [
    ['sessions/1', '<img/src=x/onerror=alert(1)>'], ['sessions/1', `5.1.1 ${IMAGE}`], ['sessions/2', `VRFY ${SCRIPT}`], ['messages', SCRIPT], ['messages/1', `${SCRIPT} as text`],
    ['messages/1/headers', `"${IMAGE}" <a@example.com>`], ['messages/1/parts', 'octet-stream|x-odd'], ['messages/1/delivery', '<script>alert(1)</script>'], ['messages/1/raw', SCRIPT],
    ['deliveries', SCRIPT], ['scenario', `${IMAGE} rule`], [`scenario?rule=${encodeURIComponent(SCRIPT)}`, SCRIPT], ['fail', 'Armed now'],
  ];
  for (const [route, text] of seen) {
    await page.goto(`${double.address}/#/main/${route}`);
    await page.waitForFunction((wanted) => wanted.split('|').some((one) => document.querySelector('main').textContent.includes(one)), text);
    await checkInert(page);
  }
  await page.getByRole('link', {name: 'all doubles'}).click();
  await page.locator('.double-card').filter({hasText: IMAGE.replaceAll(' ', '/')}).waitFor();
  await checkInert(page);
  await page.goto(`${double.address}/#/${encodeURIComponent(SCRIPT)}/${encodeURIComponent(IMAGE)}`);
  await page.getByText(`There is no double ${SCRIPT}`).waitFor();
  await checkInert(page);
  assert.deepEqual(asked, []);
  await page.check();
  await double.stop();
});

test('the HTML of a mail runs nothing and fetches nothing, whatever is clicked in it', {timeout: 120_000}, async () => {
  const double = await prepare();
  const page = await openPage(double, '#/main/messages/1/html', {expected: REFUSED});
  const frame = page.frameLocator('iframe.mail-frame');
  const heading = frame.getByRole('heading', {name: 'Hostile'});
  await heading.waitFor();
  for (const id of ['link', 'script', 'top', 'blank']) {
    const link = frame.locator(`#${id}`);
    if ((await link.count()) > 0) await link.click({force: true});
    assert.match(page.url(), /messages\/1\/html$/);
    // A frame that was led away by a link that nobody may follow is there again for the next one.
    await page.reload();
    await heading.waitFor();
  }
  if ((await frame.locator('#f button').count()) > 0) await frame.locator('#f button').click();
  assert.deepEqual(asked, []);
  await page.check();
  await double.stop();
});

test('a file name is no path', {timeout: 120_000}, async () => {
  const double = await prepare();
  const page = await openPage(double, '#/main/messages/1/parts');
  const part = page.locator('.part').filter({hasText: 'attachment'});
  const [download] = await Promise.all([page.waitForEvent('download'), part.getByRole('button', {name: 'Download'}).click()]);
  assert.match(download.suggestedFilename(), /^[^/\\<>]+$/);
  assert.ok(!download.suggestedFilename().startsWith('.'));
  await page.check();
  await double.stop();
});

test('a page elsewhere reads nothing and cannot frame this one', {timeout: 120_000}, async () => {
  const double = await startDouble();
  const response = await fetch(double.address);
  assert.match(response.headers.get('content-security-policy'), /default-src 'none'/);
  assert.match(response.headers.get('content-security-policy'), /frame-ancestors 'none'/);
  assert.equal(response.headers.get('access-control-allow-origin'), null);
  const foreign = await fetch(`${double.address}/v1/doubles/main/reset`, {method: 'POST', headers: {Origin: REMOTE}});
  assert.equal(foreign.status, 403);
  await double.stop();
});
