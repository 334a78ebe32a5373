import type { ServerConfig } from './types.ts';

/** The key under which users install this product's own server. */
const OWN_KEY = 'code-executor';
/** Its program, as a word of its own: `code-executor-mcp@0.1.0`, `/x/code-executor-mcp/dist/bin.js`. */
const OWN_PROGRAM = /(?<![\w-])code-executor-mcp(?![\w-])/iu;

/** Whether an entry starts this product's own server: calling it would start sandboxes from sandboxes without end. */
export function isOwnServer(name: string, config: ServerConfig): boolean {
  const words: unknown[] = [config.command, ...(Array.isArray(config.args) ? config.args : [])];
  return name === OWN_KEY || words.some((word) => typeof word === 'string' && OWN_PROGRAM.test(word));
}
