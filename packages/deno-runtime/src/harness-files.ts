import { fileURLToPath } from 'node:url';

/** The harness's files: the root module of a TypeScript sandbox, and the parts that other languages build on. */
export type HarnessFile = 'main.js' | 'io.js' | 'bridge-client.js' | 'report.js' | 'guest-api.js';

/** Absolute path of a harness file; it lies in `harness/`, beside the folder of the module that runs. */
export function harnessFile(name: HarnessFile): string {
  return fileURLToPath(new URL(`../harness/${name}`, import.meta.url));
}
