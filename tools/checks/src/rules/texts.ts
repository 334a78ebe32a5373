import { lineOf } from '../support/workspace.ts';
import type { Source } from './imports.ts';

/** Something that no file may hold, and the sentence about it. */
interface Ban {
  pattern: RegExp;
  says: string;
  /** Which files it concerns. */
  where: RegExp;
}

const CODE = /\.(?:ts|mts|js|mjs|py)$/;

/** The patterns do not match themselves. */
const BANS: readonly Ban[] = [
  { pattern: /\b(?:it|test|describe)\s*\.\s*(?:concurrent\s*\.\s*)?(?:only|skip|todo|fails)\b|\b(?:x|f)(?:it|describe)\s*\(/g, says: 'a test that does not run, or keeps others from running', where: CODE },
  { pattern: /\bTO[D]O\b|\bFIX[M]E\b|\bXX[X]\b|\bHA[C]K\b/g, says: 'unfinished work belongs in the issue tracker', where: CODE },
  { pattern: /@ts-(?:ignore|nocheck|expect-error)\b|\b(?:ox|es)lint-disable\b/g, says: 'a check that is switched off', where: /\.(?:ts|mts)$/ },
  { pattern: /(?<![\w.])\/(?:wor[k]\/(?:main|shared)|tm[p]\/brief|roo[t]\/\w)|\/(?:hom[e]|User[s])\/(?!x\b|user\b|you\b|someone\b|nobody\b)[a-z][\w.-]*\/\w/g, says: 'a path of one machine', where: /./ },
];

/** Every banned passage of a file, with its line. */
export function findBannedText({ path, text }: Source): string[] {
  return BANS.filter(({ where }) => where.test(path)).flatMap(({ pattern, says }) =>
    [...text.matchAll(pattern)].map((match) => `${path}:${lineOf(text, match.index)}: ${JSON.stringify(match[0])}: ${says}`),
  );
}
