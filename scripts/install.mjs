// Installs the dependencies if node_modules differs from package-lock.json: never installed, interrupted (npm writes
// node_modules/.package-lock.json last), or from an older lock file. Runs on any Node from version 20, without dependencies.
// `--dev`: developers' dependencies are required too.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns why an installation is needed; undefined if none is. */
function findReason(needsDev) {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages(join('node_modules', '.package-lock.json'));
  if (!wanted) return undefined; // npm has the better message
  if (!installed) return existsSync('node_modules') ? 'the last installation was not finished' : 'first start';
  for (const [path, { version, integrity, resolved, optional, dev, devOptional }] of wanted) {
    const found = installed.get(path);
    if (found) {
      const isSame =
        found.version === version && (integrity ? found.integrity === integrity : found.resolved === resolved);
      if (!isSame) return `${path} differs from package-lock.json`;
      if (!existsSync(join(path, 'package.json'))) return `${path} is missing`;
    } else if (!optional && !devOptional && (needsDev || !dev)) return `${path} is missing`; // else: of another platform
  }
  const gone = [...installed.keys()].find((path) => !wanted.has(path));
  return gone && `${gone} is no longer in package-lock.json`;
}

/** Reads a lock file's packages by path, without the project itself; undefined if it cannot be read. */
function readPackages(file) {
  try {
    const { packages } = JSON.parse(readFileSync(file, 'utf8'));
    return new Map(Object.entries(packages).filter(([path]) => path !== ''));
  } catch {
    return undefined;
  }
}

const reason = findReason(process.argv.includes('--dev'));
if (reason) {
  process.stderr.write(`Installing dependencies (${reason}) ...\n`);
  const { status, error } = spawnSync('npm', ['ci'], { stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) process.stderr.write(`cannot start npm: ${error.message}\n`);
  process.exitCode = status ?? 1;
}
