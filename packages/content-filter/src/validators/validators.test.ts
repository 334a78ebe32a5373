import { expect, test } from 'vitest';
import { isIssued } from './card-issuers.ts';
import { isJoseHeader } from './jose.ts';
import { passesLuhn } from './luhn.ts';
import { hasRun, looksRandom } from './random.ts';
import { isIssuedSsn } from './ssn-areas.ts';

test('the Luhn digit catches every single wrong digit', () => {
  const number = '79927398713';
  expect(passesLuhn(number)).toBe(true);
  for (let at = 0; at < number.length; at += 1) {
    for (const digit of '0123456789'.replace(number.charAt(at), '')) {
      expect(passesLuhn(number.slice(0, at) + digit + number.slice(at + 1))).toBe(false);
    }
  }
});

test.each([
  ['4', [13, 16, 19]],
  ['51', [16]],
  ['2720', [16]],
  ['2721', []],
  ['34', [15]],
  ['35', []],
  ['3528', [16, 17, 18, 19]],
  ['36', [14, 16, 17, 18, 19]],
  ['306', []],
  ['6011', [16, 17, 18, 19]],
  ['62', [16, 17, 18, 19]],
  ['6759', [13, 14, 15, 16, 17, 18, 19]],
  ['1', []],
  ['7', []],
])('numbers that begin with %s are issued in the lengths %j', (head, lengths) => {
  const all = Array.from({ length: 10 }, (_, i) => i + 11);
  expect(all.filter((length) => isIssued(head.padEnd(length, '0')))).toEqual(lengths);
});

test('areas, groups and serials that were never issued are told', () => {
  expect(isIssuedSsn('123', '45', '6789')).toBe(true);
  expect(isIssuedSsn('899', '99', '9999')).toBe(true);
  const never = [['000', '12', '3456'], ['666', '12', '3456'], ['900', '12', '3456'], ['999', '12', '3456'], ['123', '00', '3456'], ['123', '45', '0000']] as const;
  expect(never.some(([area, group, serial]) => isIssuedSsn(area, group, serial))).toBe(false);
});

test('words joined by hyphens, identifiers and UUIDs do not look random, tokens do', () => {
  const random = (text: string): boolean => looksRandom(text, 0, text.length);
  for (const text of ['learn', 'circle-fade-dot', 'some-very-long-class-name-with-2-columns', '550e8400-e29b-41d4-a716-446655440000']) {
    expect(random(text)).toBe(false);
  }
  for (const text of ['a1b2c3d4e5f6a7b8c9d0', 'aB3-dE5_gH7-jK9_mN1-pQ2', 'x'.repeat(32)]) expect(random(text)).toBe(true);
  expect(hasRun('ab-cd', 0, 5, 3)).toBe(false);
  expect(hasRun('ab-cde', 0, 6, 3)).toBe(true);
});

test('a JOSE header is told from other JSON, also cut off and with white space', () => {
  const is = (json: string): boolean => {
    const text = Buffer.from(json).toString('base64url');
    return isJoseHeader(text, 0, text.length);
  };
  for (const json of ['{"alg":"none"}', '{"kid":"1","alg', '{"x":"1",\r\n "alg" : "HS256"}', '{"typ":"JWT"']) expect(is(json)).toBe(true);
  for (const json of ['{"version":3,"sources":[]}', '{"name":"alg"}', '{"', '{"\u0001alg":1}']) expect(is(json)).toBe(false);
});
