// A person's path through the console in headless Chromium. The environment says where AOM is, with
// which key, and what was sent before. Prints each step; ends with 1 at the first that does not work.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const { AOM_URL, AOM_KEY, RUN, TRACE_ID, WEBHOOK, PICTURES, CHROMIUM } = process.env;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
await mkdir(PICTURES, { recursive: true });

const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
context.setDefaultTimeout(30_000);
const page = await context.newPage();
const complaints = [];
let expected = () => false;
page.on('pageerror', (error) => complaints.push(String(error)));
page.on('console', (message) => {
  if (message.type() === 'error' && !expected(message.text())) complaints.push(message.text());
});

async function step(name, act) {
  try {
    await act();
  } catch (error) {
    console.log(`not ok: ${name}: ${error.stack}`);
    await page.screenshot({ path: `${PICTURES}/failed.png` });
    await browser.close();
    process.exit(1);
  }
  console.log(`ok: ${name}`);
}

function assert(condition, what) {
  if (!condition) throw new Error(what);
}

/** Keeps a picture and lets axe-core judge what is shown. */
async function look(name) {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
  // Evaluated through the protocol, so that the page's own policy stays as strict as it is.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const { id, impact, nodes } of violations) {
    if (['serious', 'critical'].includes(impact)) {
      complaints.push(`${name}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);
    }
  }
}

const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Nothing but tables, charts and the like, which scroll by themselves, is wider than the page. */
async function fits() {
  const { scrollWidth, clientWidth } = await page.evaluate(() => ({
    scrollWidth: document.documentElement.scrollWidth,
    clientWidth: document.documentElement.clientWidth,
  }));
  assert(scrollWidth <= clientWidth, `${page.url()} is ${scrollWidth} wide (expected: ${clientWidth})`);
}

await step('a wrong key is refused with a clear word', async () => {
  expected = (text) => text.includes('401');
  await page.goto(AOM_URL);
  await page.getByTestId('key').fill('aom_0000000000000000_' + '0'.repeat(48));
  await page.getByTestId('sign-in').click();
  await page.getByText(/not known|not valid|unauthenticated|no valid key|wrong/i).waitFor();
  await look('sign-in');
  expected = () => false;
});

await step('the admin key signs in, and the overview shows services', async () => {
  await page.getByTestId('key').fill(AOM_KEY);
  await page.getByTestId('key').press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.getByTestId('service').filter({ hasText: `front-${RUN}` }).waitFor();
  await page.getByTestId('service').filter({ hasText: `back-${RUN}` }).waitFor();
  await look('overview');
});

await step('a metric is typed and drawn', async () => {
  await page.getByRole('link', { name: 'Metrics', exact: true }).click();
  await page.getByTestId('promql').click();
  await page.keyboard.type(`console_level{job="front-${RUN}"}`);
  await page.keyboard.press('Escape');
  await page.getByTestId('run').click();
  await page.getByTestId('chart').waitFor();
  await page.getByTestId('series').getByText(`front-${RUN}`).first().waitFor();
  const drawn = await page.getByTestId('chart').locator('canvas').first().evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value !== 0);
  });
  assert(drawn, 'the chart is empty');
  await look('metrics');
});

await step('a log line is found by a word, and opens', async () => {
  await page.getByRole('link', { name: 'Logs', exact: true }).click();
  await page.getByTestId('log-search').fill(`kettle ${RUN}`);
  await page.getByTestId('log-search').press('Enter');
  // Until then the rows of the search before are shown.
  await page.getByTestId('total').getByText(/^1 line$/).waitFor();
  await page.getByTestId('log-row').filter({ hasText: `kettle ${RUN}` }).first().click();
  await page.getByTestId('log-detail').waitFor();
  await page.getByTestId('log-detail').getByText(TRACE_ID).first().waitFor();
  await look('logs');
  await page.keyboard.press('Escape');
  await page.getByTestId('log-detail').waitFor({ state: 'detached' });
  assert(await hasFocus(page.getByTestId('log-row').first()), 'the line has no focus');
});

await step('a trace is listed, and its waterfall opens', async () => {
  await page.goto(`${AOM_URL}/traces?service=front-${RUN}`);
  await page.getByTestId('trace').first().waitFor();
  await look('traces');
  await page.getByTestId('trace').first().getByRole('link').first().click();
  await page.getByTestId('waterfall').waitFor();
  const spans = page.getByTestId('span');
  await spans.filter({ hasText: `back-${RUN}` }).first().click();
  assert((await spans.count()) === 3, `${await spans.count()} spans (expected: 3)`);
  await page.getByTestId('span-detail').waitFor();
  await look('trace');
});

await step('the map shows who calls whom', async () => {
  await page.getByRole('link', { name: 'Topology', exact: true }).click();
  await page.getByTestId('map-node').filter({ hasText: `front-${RUN}` }).waitFor();
  await page.getByTestId('map-node').filter({ hasText: `back-${RUN}` }).waitFor();
  await look('topology');
  const front = page.locator('.react-flow__node').filter({ hasText: `front-${RUN}` });
  await page.getByRole('textbox', { name: 'Find a service' }).focus();
  for (let stops = 0; stops < 60 && !(await hasFocus(front)); stops++) {
    await page.keyboard.press('Tab');
  }
  assert(await hasFocus(front), 'Tab does not come to the front');
  const ring = await front.evaluate((node) => getComputedStyle(node).outlineStyle);
  assert(ring === 'solid', `the outline of a node with focus is ${ring} (expected: solid)`);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `front-${RUN}` }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: `front-${RUN}` }).waitFor({ state: 'detached' });
});

await step('a rule is made', async () => {
  await page.goto(`${AOM_URL}/alarms/rules`);
  const editor = page.getByTestId('rule-editor');
  await page.getByTestId('new-rule').focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Condition').waitFor();
  await page.keyboard.press('Escape');
  await editor.waitFor({ state: 'detached' });
  assert(await hasFocus(page.getByTestId('new-rule')), 'the button has no focus again');
  await page.getByTestId('new-rule').click();
  await page.getByLabel('Name', { exact: false }).first().fill(`Level ${RUN}`);
  // On a slow machine the steps so far take longer than a sample counts as the newest.
  await page
    .getByLabel('Condition')
    .fill(`last_over_time(console_level{job="front-${RUN}"}[30m]) > 5`);
  await page.getByLabel('Holds for').fill('0s');
  await page.getByLabel('Checked every').fill('1s');
  await page.getByLabel('Webhooks').fill(WEBHOOK);
  await look('rule');
  await page.getByTestId('save-rule').click();
  await editor.waitFor({ state: 'detached' });
  await page.getByTestId('rule').filter({ hasText: `Level ${RUN}` }).waitFor();
  await look('rules');
});

await step('its alarm fires', async () => {
  await page.goto(`${AOM_URL}/alarms`);
  const alarm = page
    .getByTestId('alarm')
    .filter({ hasText: `Level ${RUN}` })
    .filter({ hasText: /firing/i });
  const until = Date.now() + 60_000;
  while ((await alarm.count()) === 0 && Date.now() < until) {
    await page.getByTestId('refresh').click();
    await alarm.first().waitFor({ timeout: 2_000 }).catch(() => {});
  }
  assert((await alarm.count()) === 1, `${await alarm.count()} alarms fire (expected: 1)`);
  await alarm.getByRole('button', { name: /^History of/ }).click();
  await page.getByTestId('alarm-detail').waitFor();
  await look('alarms');
});

await step('the keyboard goes everywhere', async () => {
  await page.locator('main').click({ position: { x: 4, y: 4 } });
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Search or edit the query').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.getByRole('heading', { name: 'Logs' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('kettle');
  assert((await page.getByTestId('log-search').inputValue()) === 'kettle', 'the search has no focus');
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
});

await step('the dark scheme is dark and readable', async () => {
  await page.getByTestId('scheme').click();
  await page.getByTestId('scheme').click();
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  await page.getByTestId('service').first().waitFor();
  await page.mouse.move(700, 700);
  await page.getByRole('tooltip').waitFor({ state: 'detached' });
  await look('overview-dark');
  await page.goto(`${AOM_URL}/traces/${TRACE_ID}`);
  await page.getByTestId('waterfall').waitFor();
  await look('trace-dark');
});

await step('a telephone is wide enough', async () => {
  await page.setViewportSize({ width: 400, height: 850 });
  const query = encodeURIComponent(`console_level{job="front-${RUN}"}`);
  for (const path of ['/', `/metrics?q=${query}`, '/logs', '/traces', '/topology', '/alarms']) {
    await page.goto(AOM_URL + path);
    await page.waitForLoadState('networkidle');
    await fits();
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

await step('a page that is not there leaves the way to the others', async () => {
  await page.goto(`${AOM_URL}/no-such-page`);
  await page.getByText('There is no such page').waitFor();
  await page.getByRole('link', { name: 'Logs', exact: true }).click();
  await page.getByRole('heading', { name: 'Logs' }).waitFor();
});

await step('signing out forgets the key', async () => {
  await page.getByTestId('account').click();
  await page.getByTestId('sign-out').click();
  await page.getByTestId('key').waitFor();
  await page.goto(`${AOM_URL}/logs`);
  await page.getByTestId('key').waitFor();
});

await step('a key that is revoked ends the session, and the reason is said', async () => {
  const keys = `${AOM_URL}/api/v1/keys`;
  const headers = { Authorization: `Bearer ${AOM_KEY}`, 'Content-Type': 'application/json' };
  const made = await fetch(keys, {
    method: 'POST',
    headers,
    body: JSON.stringify({ name: `console ${RUN}`, role: 'viewer' }),
  }).then((response) => response.json());
  await page.getByTestId('key').fill(made.key);
  await page.getByTestId('key').press('Enter');
  await page.getByRole('heading', { name: 'Logs' }).waitFor();
  await page.waitForLoadState('networkidle');
  expected = (text) => text.includes('401');
  const revoked = await fetch(`${keys}/${made.id}`, { method: 'DELETE', headers });
  assert(revoked.ok, `DELETE of the key answered ${revoked.status}`);
  await page.getByTestId('refresh').click();
  await page.getByText('The gateway no longer accepts the key.').waitFor();
  assert(await hasFocus(page.getByTestId('key')), 'the field of the key has no focus');
  expected = () => false;
});

await step('neither the browser nor axe-core complains', async () => {
  assert(complaints.length === 0, complaints.join('\n'));
});
await browser.close();
