import { describe, expect, test } from 'vitest';
import { createDenoRuntime } from './deno-runtime.ts';
import { checkRequest } from './request.ts';
import { checkRuntimeOptions, cpuSecondsFor } from './runtime-options.ts';
import type { RunRequest } from './types.ts';

const bridge = { url: 'http://127.0.0.1:80', token: 'token' };
const refused = (message: RegExp): object => expect.objectContaining({ name: 'RuntimeError', code: 'invalid_option', message: expect.stringMatching(message) as string }) as object;

describe('a request', () => {
  test('gets its defaults, and is taken at its limits', () => {
    expect(checkRequest({ code: '' })).toEqual({ code: '', timeoutMs: 60_000 });
    for (const timeoutMs of [1, 86_400_000]) expect(checkRequest({ code: '', timeoutMs })).toMatchObject({ timeoutMs });
    for (const memoryMb of [64, 65_536]) expect(checkRequest({ code: '', memoryMb })).toMatchObject({ memoryMb });
    for (const maxOutputBytes of [0, 67_108_864]) expect(checkRequest({ code: '', maxOutputBytes })).toMatchObject({ maxOutputBytes });
    expect(checkRequest({ code: 'ä'.repeat(2_097_152) }).code).toHaveLength(2_097_152);
  });

  test('hands over of its bridge what it knows, in one form', () => {
    const given = { ...bridge, url: 'http://127.0.0.1:80/', budget: { rounds: 1, tokens: 2, sequence: 3 }, extra: 1n };
    expect(checkRequest({ code: '', bridge: given })).toEqual({ code: '', timeoutMs: 60_000, bridge: { ...bridge, budget: { rounds: 1, tokens: 2 } } });
  });

  test.for([
    [undefined, /expected \{code, …\}, got undefined/],
    [{}, /code must be a string, got undefined/],
    [{ code: null }, /code must be a string, got null/],
    [{ code: 'ä'.repeat(2_097_153) }, /code is 4194306 bytes long, at most 4194304/],
    [{ code: '', timeoutMs: 0 }, /timeoutMs must be a whole number from 1 to 86400000, got 0/],
    [{ code: '', timeoutMs: 86_400_001 }, /got 86400001/],
    [{ code: '', timeoutMs: 1.5 }, /got 1.5/],
    [{ code: '', timeoutMs: Number.NaN }, /got NaN/],
    [{ code: '', timeoutMs: '5' }, /got 5/],
    [{ code: '', memoryMb: 63 }, /memoryMb must be a whole number from 64 to 65536, got 63/],
    [{ code: '', maxOutputBytes: 67_108_865 }, /maxOutputBytes/],
    [{ code: '', signal: {} }, /signal must be an AbortSignal/],
    [{ code: '', bridge: 'http://127.0.0.1:80' }, /bridge must be \{url, token\}|bridge\.url/],
    [{ code: '', bridge: null }, /bridge must be/],
    [{ code: '', bridge: { ...bridge, url: 'http://localhost:80' } }, /bridge\.url must be http:\/\/127\.0\.0\.1:PORT, got http:\/\/localhost:80/],
    [{ code: '', bridge: { ...bridge, url: undefined } }, /bridge\.url must be/],
    [{ code: '', bridge: { ...bridge, token: '' } }, /bridge\.token must be/],
    [{ code: '', bridge: { ...bridge, token: 'a\r\nb' } }, /^((?!a\r\nb)[^])*bridge\.token must be/],
    [{ code: '', bridge: { ...bridge, budget: { rounds: 1n, tokens: 1 } } }, /bridge\.budget must be/],
    [{ code: '', bridge: { ...bridge, budget: null } }, /bridge\.budget must be/],
  ] as [unknown, RegExp][])('%o is refused in clear words', ([request, message]) => {
    expect(() => checkRequest(request as RunRequest)).toThrow(refused(message));
  });

  test('that is refused rejects the call', async () => {
    const runtime = createDenoRuntime();
    await expect(runtime.run({ code: '', bridge: { ...bridge, url: 'http://example.com:80' } })).rejects.toMatchObject({ code: 'invalid_option' });
    await runtime.close();
  });
});

describe('options', () => {
  const defaults = { memoryMb: 512, startupTimeoutMs: 15_000 };

  test('get their defaults', () => {
    expect(checkRuntimeOptions({}, defaults)).toEqual({
      ...defaults, keptBytes: 1_048_576, stopBytes: 67_108_864, frameBytes: 4_194_304, resultBytes: 1_048_576, resultDepth: 64,
    });
  });

  test.for([
    [{ memory: 5 }, /^Unknown option memory; known: memoryMb, maxOutputBytes, startupTimeoutMs, denoPath$/],
    [{ memoryMb: 63 }, /^memoryMb must be a whole number from 64 to 65536, got 63$/],
    [{ memoryMb: 65_537 }, /got 65537/],
    [{ maxOutputBytes: -1 }, /^maxOutputBytes/],
    [{ startupTimeoutMs: 0 }, /^startupTimeoutMs/],
    [{ denoPath: '' }, /^denoPath/],
    [{ denoPath: 5 }, /^denoPath/],
  ] as [object, RegExp][])('%j are refused in clear words', ([options, message]) => {
    expect(() => createDenoRuntime(options)).toThrow(refused(message));
  });

  test('the backstop for processor time exceeds what a run can use', () => {
    expect(cpuSecondsFor(1)).toBeGreaterThanOrEqual(31);
    expect(cpuSecondsFor(60_000)).toBeGreaterThanOrEqual(90);
  });
});
