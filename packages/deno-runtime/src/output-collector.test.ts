import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutputCollector, type OutputLimits } from './output-collector.ts';

const NONCE = '0123456789abcdef0123456789abcdef';
const LIMITS: OutputLimits = { keptBytes: 1_000, stopBytes: 10_000, frameBytes: 500 };

function collect(chunks: Buffer[], limits: OutputLimits = LIMITS) {
  const events: string[] = [];
  const collector = new OutputCollector(NONCE, limits, {
    ready: () => events.push('ready'),
    frame: (json) => events.push(`frame ${json}`),
    flood: () => events.push('flood'),
    frameTooLong: () => events.push('frameTooLong'),
  });
  for (const chunk of chunks) collector.feed(chunk);
  collector.end();
  return { events, text: collector.text(), dropped: collector.droppedBytes, total: collector.totalBytes };
}

/** Cuts bytes at the given places. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
  const ends = [...new Set([...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const stream = (output: Buffer, frame?: string): Buffer =>
  Buffer.concat([Buffer.from('ready\n'), output, Buffer.from(frame === undefined ? '' : `\x1e${NONCE}${frame}\n`)]);

describe('OutputCollector', () => {
  const outputs = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.array(fc.constantFrom('\x1e', NONCE, NONCE.slice(0, 7), '\n', 'ready\n', 'ä€😀', '\x1e\x1e0')).map((parts) => Buffer.from(parts.join('\n').replaceAll(`\x1e${NONCE}`, '')))
      .filter((bytes) => !bytes.includes(`\x1e${NONCE}`)),
  );

  test('gives the same whatever the chunks', () => {
    fc.assert(
      fc.property(outputs, fc.option(fc.constant('{"ok":true}'), { nil: undefined }), fc.array(fc.nat(), { maxLength: 30 }), (output, frame, places) => {
        const { events, text, total } = collect(cut(stream(output, frame), places));
        expect(text).toBe(output.toString('utf8'));
        expect(total).toBe(output.length);
        expect(events).toEqual(frame === undefined ? ['ready'] : ['ready', `frame ${frame}`]);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  test('finds the frame wherever its start is cut, and byte by byte', () => {
    const bytes = stream(Buffer.from('a\x1e'), '{"ok":true}');
    for (let place = 0; place <= bytes.length; place += 1) {
      expect(collect(cut(bytes, [place]))).toMatchObject({ text: 'a\x1e', events: ['ready', 'frame {"ok":true}'] });
    }
    expect(collect(cut(bytes, Array.from(bytes.keys())))).toMatchObject({ text: 'a\x1e', events: ['ready', 'frame {"ok":true}'] });
  });

  test('takes a frame with another nonce for output', () => {
    const forged = `\x1e${NONCE.replace('0', 'f')}{"ok":true}\n`;
    expect(collect([stream(Buffer.from(forged))])).toMatchObject({ text: forged, events: ['ready'] });
  });

  test('drops what follows the frame, and a frame that never ends', () => {
    expect(collect([stream(Buffer.from('a'), '1'), Buffer.from('late')])).toMatchObject({ text: 'a', events: ['ready', 'frame 1'] });
    expect(collect([stream(Buffer.from(`a\x1e${NONCE}{"ok"`))])).toMatchObject({ text: 'a', events: ['ready'] });
  });

  test('takes anything but the ready mark for a failed start', () => {
    expect(collect([Buffer.from('error'), Buffer.from(': no\nready\n')])).toMatchObject({ text: '', events: [] });
    expect(collect([Buffer.from('rea')])).toMatchObject({ text: '', events: [] });
  });

  test('keeps a prefix and leaves out a character that the limit cuts', () => {
    const bytes = Buffer.from('ä€😀'.repeat(50));
    for (let keptBytes = 0; keptBytes < bytes.length; keptBytes += 1) {
      const { text, dropped } = collect([stream(bytes)], { ...LIMITS, keptBytes });
      const [kept, notice] = text.split('\n');
      expect(bytes.toString().startsWith(kept!)).toBe(true);
      expect(keptBytes - Buffer.byteLength(kept!)).toBeLessThan(4);
      expect(notice).toBe(`[output truncated: ${bytes.length - keptBytes} bytes dropped after the first ${keptBytes}]`);
      expect(dropped).toBe(bytes.length - keptBytes);
    }
  });

  test('keeps a byte order mark, truncated or not', () => {
    for (const keptBytes of [5, 500]) expect(collect([stream(Buffer.from('\uFEFFabcdef'))], { ...LIMITS, keptBytes }).text).toMatch(/^\uFEFFab/);
  });

  test('stops past the limit and not at it', () => {
    expect(collect([stream(Buffer.alloc(10_000, 97))]).events).toEqual(['ready']);
    expect(collect([stream(Buffer.alloc(10_001, 97))]).events).toEqual(['ready', 'flood']);
    expect(collect([stream(Buffer.alloc(10_001, 97), '1')]).events).toEqual(['ready', 'flood']);
  });

  test('takes a frame at its limit and none past it', () => {
    expect(collect([stream(Buffer.alloc(0), 'x'.repeat(500))]).events).toEqual(['ready', `frame ${'x'.repeat(500)}`]);
    expect(collect([stream(Buffer.alloc(0), 'x'.repeat(501))]).events).toEqual(['ready', 'frameTooLong']);
  });

  test('neither time nor memory grows with the number of chunks', () => {
    const limits = { keptBytes: 1_048_576, stopBytes: 67_108_864, frameBytes: 4_194_304 };
    const bytes = Array.from({ length: 200_000 }, () => Buffer.from([97]));
    const before = process.memoryUsage();
    const collector = new OutputCollector(NONCE, limits, { ready: () => {}, frame: () => {}, flood: () => {}, frameTooLong: () => {} });
    collector.feed(Buffer.from('ready\n'));
    for (const byte of bytes) collector.feed(byte);
    collector.feed(Buffer.from(`\x1e${NONCE}`));
    for (const byte of bytes) collector.feed(byte);
    collector.end();
    const after = process.memoryUsage();
    expect(collector.totalBytes).toBe(200_000);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(16 * 1_048_576);
  });
});
