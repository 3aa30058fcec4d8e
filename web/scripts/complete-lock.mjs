// SPDX-License-Identifier: Apache-2.0
// Completes package-lock.json after `npm install`: optional packages for other platforms that the registry at hand does not have
// are left out of it by npm, and then `npm ci` refuses it. Their entries need no more than version and platform.
import fs from 'node:fs';

const kLock = new URL('../package-lock.json', import.meta.url);
const kSystems = { android: 'android', darwin: 'darwin', freebsd: 'freebsd', linux: 'linux', openbsd: 'openbsd', openharmony: 'openharmony', win32: 'win32' };
const lock = JSON.parse(fs.readFileSync(kLock, 'utf8'));
const packages = lock.packages;

for (const [path, entry] of Object.entries(packages)) {
  delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue;
    const parts = name.split('/').at(-1).split('-');
    const at = parts.findIndex((part) => part in kSystems);
    if (at < 0) continue;
    const cpu = parts[at + 1];
    const libc = /musl/.test(name) ? { libc: ['musl'] } : /linux.*gnu/.test(name) ? { libc: ['glibc'] } : {};
    packages[`node_modules/${name}`] = { version, cpu: [cpu], dev: true, license: entry.license, optional: true, os: [kSystems[parts[at]]], ...libc };
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync(kLock, `${JSON.stringify(lock, null, 2)}\n`);
