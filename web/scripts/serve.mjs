// SPDX-License-Identifier: Apache-2.0
// Serves the built page on localhost: node scripts/serve.mjs [PORT]. Any static server does; this one comes with Node alone.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream';

const kRoot = path.resolve(import.meta.dirname, '../../build/web');
const kTypes = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};
const port = Number(process.argv[2] ?? 4173);

if (!fs.existsSync(path.join(kRoot, 'index.html'))) {
  console.error('There is no built page in build/web: run `npm run build` in web/ first.');
  process.exit(1);
}

const server = http.createServer((request, response) => {
  const name = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  let file = path.join(kRoot, path.normalize(name));
  if (file !== kRoot && !file.startsWith(kRoot + path.sep)) file = kRoot;
  if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) file = path.join(file, 'index.html');
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is no such file.\n');
    return;
  }
  const type = kTypes[path.extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': stat.size, 'Cache-Control': 'no-cache' });
  if (request.method === 'HEAD') response.end();
  else pipeline(fs.createReadStream(file), response, () => {});
});
server.on('error', (error) => {
  console.error(error.code === 'EADDRINUSE' ? `Port ${port} is taken: node scripts/serve.mjs PORT` : error.message);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => {
  const address = server.address();
  console.log(`http://localhost:${typeof address === 'object' ? address?.port : port}/  (Ctrl C ends it)`);
});
