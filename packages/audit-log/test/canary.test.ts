import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { openAuditLog } from '../src/open-audit-log.ts';
import { verifyAuditLog } from '../src/verify-audit-log.ts';
import { sha256 } from '../src/hashes.ts';
import { execution, freshPath, sampling, tool } from './helpers.ts';

const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'];
// Arrays, because strings of fast-check also contain words such as `arguments`, which are the log's own.
const of = (characters: string[], minLength: number, maxLength = minLength) =>
  fc.array(fc.constantFrom(...characters), { minLength, maxLength, size: 'max' }).map((list) => list.join(''));
const random = (length: number) => of(alphabet, length);
const digits = (length: number) => of([...'0123456789'], length);

/** What must not reach the file, in the shapes that it usually has. */
const canary = fc.oneof(
  random(48).map((tail) => `${['sk', 'ant', 'api03'].join('-')}-${tail}`),
  random(36).map((tail) => `${'gh'}${'p'}_${tail}`),
  random(16).map((tail) => `${'AK'}IA${tail.toUpperCase()}`),
  fc.tuple(random(20), random(60), random(43)).map(([a, b, c]) => `${'ey'}J${a}.${'ey'}J${b}.${c}`),
  fc.tuple(random(9), random(7)).map(([a, b]) => `${a}@${b}.example`),
  fc.tuple(digits(3), digits(2), digits(4)).map((parts) => parts.join('-')),
  digits(16),
  of([...'äöüßéñ漢字 ,!?"\\\n'], 12, 60).map((text) => `¿${text}`),
);

/** Every eight characters of a text that stand together. */
function windows(text: string): string[] {
  return Array.from({ length: Math.max(1, text.length - 7) }, (_, index) => text.slice(index, index + 8));
}

it('no text reaches any file, in no window of eight characters, as base64, as hex or as plain SHA-256', async () => {
  const path = freshPath();
  const log = await openAuditLog({ path, clock: () => 0 });
  const texts = fc.sample(canary, { seed: 20_271, numRuns: 400 });
  for (const text of texts) {
    await log.append(sampling({ prompt: text, response: `before ${text} after`, model: text, errorCode: text, contentViolations: [{ type: 'pii', pattern: text, count: 1 }] }));
    await log.append(tool({ tool: `mcp__x__${text}`, arguments: JSON.stringify({ text }), response: text, executionId: `id ${text}` }));
    await log.append(execution({ code: text, executionId: `${text} x`, status: 'error', errorCode: text }));
    const refusal = await log.append({ ...tool(), note: text, status: text } as never).catch(String);
    expect(windows(text).filter((window) => String(refusal).includes(window))).toEqual([]);
  }
  await log.close();
  expect(await verifyAuditLog({ path })).toMatchObject({ status: 'intact', entries: 1_200 });
  const folder = dirname(path);
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  // Eight digits of a card number occur in random hashes sooner or later, so windows are looked for beside these.
  const words = new Set(windows(files.replaceAll(/[0-9a-f]{16,}/g, '#')));
  for (const text of texts) {
    const bytes = Buffer.from(text);
    expect(windows(text).filter((window) => words.has(window))).toEqual([]);
    for (const form of [bytes.toString('base64').slice(0, 12), bytes.toString('hex').slice(0, 24), sha256(text)]) {
      expect(files.includes(form), `${JSON.stringify(form)} of ${JSON.stringify(text)}`).toBe(false);
    }
  }
});
