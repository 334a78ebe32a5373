import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it('shows control characters instead of obeying them', () => {
  const [escape, bell, csi] = ['\u001b', '\u0007', '\u009b'];
  expect(printable(`${escape}]0;title${bell}${escape}[2J${csi}2J`)).toBe('\\u001b]0;title\\u0007\\u001b[2J\\u009b2J');
});

it('never lets a text begin a line of its own', () => {
  expect(printable('x\n[forged]\r\u2028')).toBe('x\\u000a[forged]\\u000d\\u2028');
});

it('leaves what people write as it is', () => {
  expect(printable('Größe: 3 €\t— 漢字 🙂')).toBe('Größe: 3 €\t— 漢字 🙂');
});
