// npm run look -- URL KEY DIRECTORY [VIEW...]: opens every view in headless Chromium, in both colour
// schemes, writes a picture of each and reports axe-core's serious findings and the page's own errors.
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [base = 'http://127.0.0.1:5174', key = 'any', folder = 'target/look', ...only] =
  process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
await mkdir(folder, { recursive: true });

const VIEWS = [
  ['sign-in', '/sign-in'],
  ['overview', '/'],
  ['metrics', '/metrics'],
  ['metrics-graph', '/metrics?q=jvm_memory_used_bytes'],
  ['metrics-table', '/metrics?q=jvm_memory_used_bytes&show=table'],
  ['logs', '/logs'],
  ['logs-open', '/logs?q=failed', (page) => page.getByTestId('log-row').nth(1).click()],
  ['traces', '/traces'],
  [
    'trace',
    '/traces',
    async (page) => {
      await page.getByTestId('trace').first().getByRole('link').click();
      await page.getByTestId('span').nth(2).click();
    },
  ],
  ['topology', '/topology'],
  ['topology-node', '/topology', (page) => page.getByTestId('map-node').nth(1).click()],
  ['alarms', '/alarms'],
  [
    'alarms-open',
    '/alarms',
    (page) =>
      page
        .getByRole('button', { name: /^History of/ })
        .first()
        .click(),
  ],
  ['rules', '/alarms/rules'],
  ['rule', '/alarms/rules?rule=new'],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
let findings = 0;
const report = (...words) => {
  findings++;
  console.log(...words);
};

for (const scheme of ['light', 'dark']) {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: {
      width: Number(process.env.WIDTH ?? 1440),
      height: Number(process.env.HEIGHT ?? 900),
    },
    bypassCSP: false,
  });
  for (const [name, path, act] of VIEWS) {
    if (only.length > 0 && !only.includes(name)) continue;
    const page = await context.newPage();
    page.on('pageerror', (error) => report(`${name} ${scheme}: ${error}`));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        report(`${name} ${scheme}: ${message.text()}`);
    });
    if (name !== 'sign-in') {
      await page.addInitScript((value) => sessionStorage.setItem('aom.key', value), key);
    }
    await page.goto(base + path);
    try {
      await page.locator('main, [data-testid=problem]').first().waitFor();
      await page.waitForLoadState('networkidle');
      if (act) await act(page);
      await page.waitForTimeout(900);
    } catch (error) {
      report(`${name} ${scheme}: ${error.message.split('\n')[0]}`);
    }
    await page.screenshot({ path: `${folder}/${name}-${scheme}.png` });
    // Evaluated through the protocol, so that the page's own policy stays as strict as it is.
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, impact, help, nodes } of violations) {
      if (!['serious', 'critical'].includes(impact)) continue;
      report(`${name} ${scheme}: ${impact} ${id}: ${help}`);
      for (const { html, failureSummary } of nodes.slice(0, 4)) {
        console.log(
          `  ${html.slice(0, 160)}\n    ${failureSummary.replace(/\n\s*/g, ' | ').slice(0, 220)}`,
        );
      }
    }
    await page.close();
  }
  await context.close();
}
await browser.close();
console.log(`${findings} findings; pictures in ${folder}`);
process.exit(findings > 0 ? 1 : 0);
