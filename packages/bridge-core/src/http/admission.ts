import type { IncomingMessage } from 'node:http';
import { BridgeError } from '../errors.ts';

/** Methods by path: the whole surface. */
export const ROUTES: Readonly<Record<string, 'GET' | 'POST'>> = {
  '/sample': 'POST',
  '/tools/call': 'POST',
  '/tools': 'GET',
  '/budget': 'GET',
};

/**
 * The checks before anything of a request is looked at: Host exactly ours (a page under a name that was
 * re-bound to loopback carries its own name), no Origin (browsers send one), a plain target.
 *
 * @returns the refusal, or undefined
 */
export function admit(incoming: IncomingMessage, host: string): BridgeError | undefined {
  const hosts = incoming.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
  if (hosts !== 1 || incoming.headers.host !== host) return new BridgeError('wrong_host', 'This server answers for its own address only');
  if (incoming.headers.origin !== undefined) return new BridgeError('origin_not_allowed', 'Requests of web pages are not answered');
  const target = targetOf(incoming, host);
  if (target === undefined) return new BridgeError('bad_http', 'The request target is not a plain path');
  return undefined;
}

/** @returns the refusal of a path or method that the surface does not have, or undefined */
export function checkRoute(path: string, method: string): BridgeError | undefined {
  const expected = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (!expected) return new BridgeError('not_found', 'Not found');
  return method === expected ? undefined : new BridgeError('method_not_allowed', `Method not allowed; use ${expected}`);
}

/** Path and query; the absolute form is accepted for our own host, as proxies send it. */
function targetOf(incoming: IncomingMessage, host: string): string | undefined {
  const url = incoming.url ?? '';
  const prefix = `http://${host}`;
  const target = url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : url;
  return /^\/[!-~]*$/.test(target) && !/[\\#]|\/\.\.?(?:[/?]|$)/.test(target) ? target : undefined;
}
