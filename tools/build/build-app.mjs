// Bundles one app: our packages and third-party code inlined, Deno and Pyodide left outside, the sandboxes'
// harness files beside the bundle, and any further folders named. Usage: node tools/build/build-app.mjs apps/cli examples
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');
const app = resolve(root, process.argv[2] ?? '');
const harnesses = ['packages/deno-runtime/harness', 'packages/pyodide-runtime/harness'];

await rm(join(app, 'dist'), { recursive: true, force: true });
await build({
  entryPoints: [join(app, 'src/main.ts')],
  outdir: join(app, 'dist'),
  bundle: true,
  splitting: true,
  // Chunks lie flat in dist/, so that `../harness` means the same as in the packages.
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  conditions: ['@code-executor/source'],
  external: ['deno', 'pyodide'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  logLevel: 'warning',
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
});

await rm(join(app, 'harness'), { recursive: true, force: true });
await mkdir(join(app, 'harness'));
for (const harness of harnesses) {
  for (const file of await readdir(join(root, harness))) {
    await cp(join(root, harness, file), join(app, 'harness', file), { errorOnExist: true, force: false });
  }
}

for (const folder of process.argv.slice(3)) {
  await rm(join(app, folder), { recursive: true, force: true });
  await cp(join(root, folder), join(app, folder), { recursive: true });
}
