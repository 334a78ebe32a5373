import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createContentFilter } from '../src/index.ts';
import { DECOYS } from './decoys.ts';
import { seeded } from './samples.ts';

const root = join(import.meta.dirname, '..');
const filter = createContentFilter();

test('ordinary text that resembles secrets or personal data stays untouched', () => {
  const random = seeded(21);
  for (const decoy of DECOYS) {
    for (let round = 0; round < 50; round += 1) {
      const text = decoy(random);
      expect(filter.redact(text)).toEqual({ text, violations: [] });
    }
  }
});

test('real code, documents and integrity hashes hold no secret', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, 'src', name));
  const files = [...sources, join(root, 'README.md'), join(root, 'package.json'), join(root, '../../package-lock.json')];
  const secrets = createContentFilter({ pii: false });
  const found = files.filter((file) => secrets.scan(readFileSync(file, 'utf8')).length > 0);
  expect(found).toEqual([]);
});
