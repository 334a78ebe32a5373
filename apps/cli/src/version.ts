import { createRequire } from 'node:module';

/** This app's version, as its package.json has it: `src` and `dist` both lie beside that. */
export const VERSION: string = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
