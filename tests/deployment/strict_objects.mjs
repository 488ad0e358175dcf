// Holds objects of Kubernetes, a list of them as JSON on standard input, against the API's own types: the values by its
// schemas, the names of the keys by the types, as the API server refuses unknown ones ("strict decoding").
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../clients/node_modules', import.meta.url));
const require = createRequire(join(modules, 'package.json'));
const objects = JSON.parse(readFileSync(0, 'utf8'));
const lines = [];
let failed = false;

for (const [index, object] of objects.entries()) {
  const { apiVersion, kind } = object;
  const Model = require(`kubernetes-models/${apiVersion}`)[kind];
  if (Model === undefined) throw new Error(`there is no ${kind} in ${apiVersion}`);
  try {
    new Model(object).validate();
  } catch (error) {
    failed = true;
    console.log(`${kind} ${object.metadata?.name}: ${error.message}`);
  }
  lines.push(`import type { I${kind} as T${index} } from 'kubernetes-models/${apiVersion}';`,
    `export const ${kind}_${index}: T${index} = ${JSON.stringify(object, undefined, 1)};`);
}

const folder = mkdtempSync(join(tmpdir(), 'smtp-double-test-'));
try {
  symlinkSync(modules, join(folder, 'node_modules'));
  writeFileSync(join(folder, 'objects.ts'), `${lines.join('\n')}\n`);
  execFileSync(join(modules, '.bin', 'tsc'), ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext',
    '--types', '', 'objects.ts'], { cwd: folder, encoding: 'utf8', timeout: 120_000 });
} catch (error) {
  failed = true;
  console.log(error.stdout || error.message);
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(failed ? 1 : 0);
