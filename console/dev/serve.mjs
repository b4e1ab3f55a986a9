// npm run dev:fixtures: the console with made-up data, no service needed. See README.md.
// With --dist it serves the built files as the gateway does (policy headers, fallback to index.html);
// without, Vite serves the sources and reloads on change.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fixtures } from './fixtures.mjs';

const args = process.argv.slice(2);
const port = Number(args[args.indexOf('--port') + 1] || 0) || 5174;
const built = args.includes('--dist');

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

async function serveBuilt(request, response) {
  const { pathname } = new URL(request.url, 'http://fixtures');
  const wanted = normalize(pathname).replace(/^(\.\.[/\\])+/, '');
  const name = extname(wanted) ? wanted : 'index.html';
  try {
    const content = await readFile(join('dist', name));
    response.writeHead(200, {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
    });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

let vite;
if (!built) {
  const { createServer: createVite } = await import('vite');
  vite = await createVite({ server: { middlewareMode: true, proxy: {} }, appType: 'spa' });
}

createServer((request, response) => {
  fixtures(request, response)
    .then((done) => {
      if (done) return;
      if (vite) vite.middlewares(request, response);
      else void serveBuilt(request, response);
    })
    .catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
}).listen(port, '127.0.0.1', () => {
  console.log(
    `console with made-up data: http://127.0.0.1:${port}/ (any key; also: empty, slow, broken, viewer)`,
  );
});
