import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { configSchema } from './config/schema.ts';
import { auditPath, cacheDirectory, cacheDirOption } from './paths.ts';

const defaults = configSchema.parse({});

test('the log lies in the home directory that the environment names, unless configured', () => {
  expect(auditPath(defaults, { HOME: '/home/a' })).toBe('/home/a/.code-executor/audit-log.jsonl');
  expect(auditPath(configSchema.parse({ audit: { path: '/var/log/a.jsonl' } }), { HOME: '/home/a' })).toBe('/var/log/a.jsonl');
});

test('the Python snapshot lies where caches lie, unless configured', () => {
  expect(cacheDirectory(defaults, { HOME: '/home/a' })).toBe('/home/a/.cache/code-executor');
  expect(cacheDirectory(defaults, { HOME: '/home/a', XDG_CACHE_HOME: '/cache' })).toBe('/cache/code-executor');
  expect(cacheDirectory(configSchema.parse({ runtime: { cacheDir: '/x' } }), { HOME: '/home/a', XDG_CACHE_HOME: '/cache' })).toBe('/x');
});

test('the runtime is left its own default, and its stand-in, where nothing else is meant', () => {
  expect(cacheDirOption(defaults, { HOME: homedir() })).toEqual({});
  expect(cacheDirOption(defaults, { HOME: '/home/someone-else' })).toEqual({ cacheDir: '/home/someone-else/.cache/code-executor' });
});
