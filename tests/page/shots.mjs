// node shots.mjs ADDRESS FOLDER [name…]: pictures of every view, for looking at.
import {mkdtempSync, mkdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {chromium} from 'playwright-core';

const [address, folder, ...only] = process.argv.slice(2);
mkdirSync(folder, {recursive: true});
const context = await chromium.launchPersistentContext(mkdtempSync(path.join(tmpdir(), 'shots-')), {
  executablePath: '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const SIZES = {desktop: {width: 1360, height: 850}, phone: {width: 360, height: 740}, tablet: {width: 820, height: 1000}};
const first = process.env.SESSION ?? '2';
const VIEWS = [
  ['scenario', '#/main/scenario', async (page) => page.locator('.rule-row summary').first().click().catch(() => {})],
  ['sessions', '#/main/sessions', null],
  ['session', `#/main/sessions/${first}`, async (page) => page.locator('.code-button[aria-expanded]:not([tabindex])').nth(-2).click().catch(() => {})],
  ['session-failed', '#/main/sessions/4', null],
  ['session-accepted', '#/main/sessions/3', null],
  ['messages', '#/main/messages/1', null],
  ['message-html', '#/main/messages/1/html', null],
  ['message-headers', '#/main/messages/2/headers', null],
  ['message-parts', '#/main/messages/1/parts', null],
  ['message-delivery', '#/main/messages/4/delivery', null],
  ['message-raw', '#/main/messages/1/raw', null],
  ['deliveries', '#/main/deliveries', null],
  ['fail', '#/main/fail', null],
  ['doubles', '#/', null],
  ['reset', '#/main/sessions', async (page) => page.keyboard.press('r')],
  ['help', '#/main/sessions', async (page) => page.keyboard.press('?')],
  ['change', '#/main/scenario', async (page) => page.getByText('Change …').click()],
];
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const scheme of size === 'desktop' ? ['light', 'dark'] : [size === 'phone' ? 'light' : 'dark']) {
    const page = await context.newPage();
    page.on('console', (m) => ['error', 'warning'].includes(m.type()) && console.log('console', m.text()));
    page.on('pageerror', (e) => console.log('pageerror', e.stack));
    await page.setViewportSize(viewport);
    await page.emulateMedia({colorScheme: scheme});
    for (const [name, hash, action] of VIEWS) {
      if (only.length && !only.includes(name) && !only.includes(`${size}-${name}`)) continue;
      await page.goto('about:blank');
      await page.goto(`${address}/${hash}`);
      await page.locator('.live-live, .double-card').first().waitFor({timeout: 5000}).catch(() => console.log('not live', name));
      await page.waitForLoadState('load');
      await page.evaluate(() => new Promise((done) => setTimeout(done, 350)));
      if (action) { await action(page); await page.evaluate(() => new Promise((done) => setTimeout(done, 350))); }
      const wide = await page.evaluate(() => [...document.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.choices, .tab-list, pre, .hidden-text, .rows')).slice(0, 3).map((e) => e.tagName + '.' + e.className));
      if (wide.length) console.log('too wide', size, name, wide.join(' '));
      await page.screenshot({path: path.join(folder, `${size}-${scheme}-${name}.png`)});
    }
    await page.close();
  }
}
await context.close();
