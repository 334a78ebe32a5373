#!/usr/bin/env node
// A shim that every Node can parse: it names the cause where the real program could not even be read.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`code-executor-mcp needs Node.js 22.12 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
import('../dist/main.js').then(({ serve }) => serve());
