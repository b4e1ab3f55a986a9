// Fails the build when the first load (entry and what it imports at once) outgrows its budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_KIB = 250;
const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'));

function reach(key, seen = new Set()) {
  if (!seen.has(key)) {
    seen.add(key);
    for (const next of manifest[key].imports ?? []) reach(next, seen);
  }
  return seen;
}

const kib = (key) => gzipSync(readFileSync(`dist/${manifest[key].file}`)).length / 1024;
const first = [...reach('index.html')].reduce((sum, key) => sum + kib(key), 0);
console.log(`first load: ${first.toFixed(1)} KiB of gzipped JavaScript (budget ${BUDGET_KIB})`);
if (first > BUDGET_KIB) {
  console.error(
    'first load: over budget (expected: lazy import of what the first view does not need)',
  );
  process.exit(1);
}
