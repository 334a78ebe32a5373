// Ways in which programs try to read a file of the host. Each gets the file's path and its URL.

/** A way to read a file, as a program. */
export interface Door {
  name: string;
  program: (path: string, url: string) => string;
}

const text = JSON.stringify;
const base64 = (value: string): string => Buffer.from(value).toString('base64');

/** A source map that names the file as the source of the first line. */
const mapTo = (url: string): string =>
  `data:application/json;base64,${base64(text({ version: 3, sources: [url], names: [], mappings: 'AAAA;AAAA;AAAA' }))}`;

/** A module that throws and whose source map names the file. */
const throwing = (url: string, map = mapTo(url)): string => `throw new Error('thrown');\n//# sourceMappingURL=${map}`;

const show = `const show = (error: any) => console.log(error, error?.stack, Deno.inspect(error),
  (Deno as any)[(Deno as any).internal]?.core.destructureError(error));`;

/** Modules whose error the program shows in every way there is. */
const caught = (specifier: string): string => `${show}\ntry { await import(${specifier}) } catch (error) { show(error) }`;

export const FILE_DOORS: Door[] = [
  ...['text', 'json', 'bytes'].map((type) => ({
    name: `a static import with type ${type}`,
    program: (_: string, url: string) => `import data from ${text(url)} with { type: '${type}' };\nconsole.log(data, data instanceof Uint8Array && new TextDecoder().decode(data));`,
  })),
  { name: 'a static import of a module', program: (_, url) => `import ${text(url)};` },
  ...['', `, { with: { type: 'json' } }`, `, { with: { type: 'text' } }`].map((attributes) => ({
    name: `a dynamic import${attributes}`,
    program: (_: string, url: string) => caught(`${text(url)}${attributes}`).replace('await', 'console.log(await').replace(') }', ')) }'),
  })),
  { name: 'a relative import', program: (path) => caught(text(`../../../../../../../..${path}`)) },
  { name: 'a static import of a file by way of a data: module', program: (_, url) => caught(text(`data:text/javascript,import t from ${text(url)} with {type:"text"};console.log(t)`)) },
  { name: 'a static import of a file in a blob: module', program: (_, url) => caught(`URL.createObjectURL(new Blob([${text(`import t from ${text(url)} with {type:"text"};console.log(t)`)}], {type:'text/javascript'}))`) },
  { name: 'node:fs, synchronously', program: (path) => `import fs from 'node:fs';\nconsole.log(fs.readFileSync(${text(path)}, 'utf8'));` },
  { name: 'node:fs, with a callback', program: (path) => `import fs from 'node:fs';\nfs.readFile(${text(path)}, 'utf8', (e, t) => console.log(e, t));` },
  { name: 'node:fs, by promises', program: (path) => `import fs from 'node:fs/promises';\nconsole.log(await fs.readFile(${text(path)}, 'utf8'));` },
  { name: 'node:fs, a stream', program: (path) => `import fs from 'node:fs';\nfor await (const c of fs.createReadStream(${text(path)})) console.log(String(c));` },
  { name: 'require', program: (path) => `import { createRequire } from 'node:module';\nconsole.log(createRequire('file:///x.js')(${text(path)}));` },
  { name: 'Deno.readTextFile', program: (path) => `console.log(await Deno.readTextFile(${text(path)}));` },
  { name: 'Deno.readFileSync by URL', program: (_, url) => `console.log(new TextDecoder().decode(Deno.readFileSync(new URL(${text(url)}))));` },
  { name: 'Deno.open', program: (path) => `const f = await Deno.open(${text(path)});\nfor await (const c of f.readable) console.log(new TextDecoder().decode(c));` },
  { name: 'fetch of a file: URL', program: (_, url) => `console.log(await (await fetch(${text(url)})).text());` },
  { name: 'node:sqlite', program: (path) => `import { DatabaseSync } from 'node:sqlite';\nconst d = new DatabaseSync(':memory:');\nd.exec(${text(`ATTACH '${path}' AS a`)});\nconsole.log(d.prepare('SELECT * FROM a.sqlite_schema').all());` },
  { name: 'a syntax error that quotes its source', program: (_, url) => `${caught(text(url))}\n//# sourceURL=${url}` },
  { name: 'a source map of the program itself', program: (_, url) => `${show}\ntry { throw new Error('thrown') } catch (error) { show(error) }\n${throwing(url)}` },
  { name: 'a source map of the program itself, an enum beside it', program: (_, url) => `enum A { B }\n${show}\ntry { throw new Error('thrown' + A.B) } catch (error) { show(error) }\n${throwing(url)}` },
  { name: 'a source map that is the file', program: (_, url) => `enum A { B }\n${show}\ntry { throw new Error('thrown' + A.B) } catch (error) { show(error) }\n${throwing(url, url)}` },
  { name: 'a source map in evaluated code', program: (_, url) => `${show}\ntry { (0, eval)(${text(throwing(url))}) } catch (error) { show(error) }` },
  { name: 'a source URL in evaluated code', program: (_, url) => `${show}\ntry { (0, eval)(${text(`throw new Error('thrown')\n//# sourceURL=${url}`)}) } catch (error) { show(error) }\n(0, eval)(${text(`throw new Error('thrown')\n//# sourceURL=${url}`)})` },
  { name: 'a source map in node:vm', program: (_, url) => `import vm from 'node:vm';\n${show}\ntry { vm.runInThisContext(${text(throwing(url))}, { filename: ${text(url)} }) } catch (error) { show(error) }` },
  { name: 'a source map in a data: module', program: (_, url) => caught(text(`data:text/javascript;base64,${base64(throwing(url))}`)) },
  { name: 'a source map in a blob: module', program: (_, url) => caught(`URL.createObjectURL(new Blob([${text(throwing(url))}], {type:'text/javascript'}))`) },
  { name: 'a source map in a TypeScript data: module', program: (_, url) => caught(text(`data:application/typescript;base64,${base64(throwing(url))}`)) },
  { name: 'a Worker that asks the engine for the source line of an error', program: (_, url) => inWorker(`try {\nthrow new Error('x')\n} catch (e) { postMessage(Deno[Deno.internal].core.destructureError(e).sourceLine) }\n//# sourceMappingURL=${mapTo(url)}`) },
  { name: 'a node:worker_threads Worker that asks the engine for a source line', program: (_, url) => `import * as threads from 'node:worker_threads';\nfor (const W of [threads.Worker, (threads as any).default.Worker, process.getBuiltinModule('node:worker_threads').Worker]) try { new W(${text(`try {\neval(${text(`new Function('throw new Error(1)')`)})()\n} catch (e) { require('node:worker_threads').parentPort.postMessage(Deno[Deno.internal].core.destructureError(e).sourceLine) }\n//# sourceMappingURL=${mapTo(url)}`)}, { eval: true }).on('message', (m) => console.log(m)) } catch (e) { console.log(e) }` },
  { name: 'a source line of code under another name', program: (_, url) => `import vm from 'node:vm';\n${show}\ntry { vm.runInThisContext('throw new Error()', { filename: ${text(url)}, lineOffset: 0 }) } catch (error) { show(error) }` },
  { name: 'a Worker with a source map', program: (_, url) => inWorker(throwing(url)) },
  { name: 'a Worker that imports the file', program: (_, url) => inWorker(`import t from ${text(url)} with {type:"text"};postMessage(t)`) },
  { name: 'a Worker that is the file', program: (_, url) => `${listen}\nlisten(new Worker(${text(url)}, { type: 'module' }));` },
  { name: 'a Worker that asks for permissions', program: (path) => inWorker(`postMessage(Deno.readTextFileSync(${text(path)}))`, `, deno: { permissions: { read: true } }`) },
  { name: 'a node:worker_threads Worker', program: (path) => `import { Worker } from 'node:worker_threads';\nconst w = new Worker(${text(`require('node:worker_threads').parentPort.postMessage(require('node:fs').readFileSync(${text(path)}, 'utf8'))`)}, { eval: true });\nw.on('message', (m) => console.log(m)); w.on('error', (e) => console.log(e));` },
  { name: 'Deno.permissions.request', program: (path) => `console.log(await Deno.permissions.request({ name: 'read' }));\nconsole.log(Deno.readTextFileSync(${text(path)}));` },
  { name: 'node:wasi', program: (path) => `import { WASI } from 'node:wasi';\nconst w = new WASI({ version: 'preview1', preopens: { '/x': ${text(path.replace(/\/[^/]*$/, ''))} } } as any);\nconsole.log(w);` },
  { name: 'a module hook', program: (_, url) => `import { createRequire, registerHooks } from 'node:module';\n(registerHooks as any)({ resolve: (s: string, c: any, n: any) => s === 'magic' ? { url: ${text(url)}, format: 'json', shortCircuit: true } : n(s, c) });\nfor (const f of [() => import('magic' + '', { with: { type: 'json' } }), () => createRequire('file:///x.js')('magic')]) try { console.log(await f()) } catch (e) { console.log(e) }` },
  { name: 'WebAssembly from a file', program: (_, url) => `import * as m from ${text(url)};\nconsole.log(m);` },
  { name: 'the engine core', program: (path, url) => `const core = (Deno as any)[(Deno as any).internal]?.core ?? { ops: {} };\nfor (const name of Object.keys(core.ops)) for (const a of [${text(path)}, ${text(url)}]) try { console.log(name, core.ops[name](a)) } catch {}` },
];

const listen = `function listen(w: Worker) { w.onmessage = (e) => { console.log(e.data); w.terminate() };
  w.onerror = (e) => { e.preventDefault(); console.log(e.message, e.filename, e.error, (e as any).error?.stack); w.terminate() } }`;

function inWorker(source: string, extra = ''): string {
  return `${listen}\nlisten(new Worker('data:text/javascript;base64,${base64(source)}', { type: 'module'${extra} } as any));`;
}
