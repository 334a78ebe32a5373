import { dirname, join } from 'node:path/posix';
import { lineOf } from '../support/workspace.ts';
import type { Source } from './imports.ts';

/** A fenced block: its language, its text and the line of its first fence. */
export interface CodeBlock {
  language: string;
  text: string;
  line: number;
}

/** The fenced code blocks of a document. */
export function codeBlocks(text: string): CodeBlock[] {
  return [...text.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: lineOf(text, match.index),
  }));
}

/** The cells of every table row, without the rows of headings and dashes. */
export function tableRows(text: string): string[][] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const isRow = line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1] ?? '');
    return isRow ? [line.replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))] : [];
  });
}

/** The part of a document between `<!-- name:begin -->` and `<!-- name:end -->`. */
export function section(text: string, name: string): string {
  const part = text.split(`<!-- ${name}:begin -->`)[1]?.split(`<!-- ${name}:end -->`)[0];
  if (part === undefined) throw new Error(`the section ${name} is missing`);
  return part;
}

/** Every relative link that leads nowhere: to no file, or to no heading of its file. */
export function findBrokenLinks({ path, text }: Source, read: (path: string) => string | 'folder' | undefined): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ' ')).replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length));
  return [...prose.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].flatMap((match) => {
    const [file = '', anchor] = (match[1] ?? '').split('#');
    if (/^[a-z]+:/.test(match[1] ?? '')) return [];
    const target = file === '' ? text : read(join(dirname(path), file));
    const place = `${path}:${lineOf(text, match.index)}`;
    if (target === undefined) return [`${place}: no file ${file}`];
    return anchor === undefined || headings(target).has(anchor) ? [] : [`${place}: no heading #${anchor} in ${file === '' ? path : file}`];
  });
}

/** The anchors that GitHub gives to a document's headings. */
export function headings(text: string): Set<string> {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  return new Set([...prose.matchAll(/^#{1,6} (.+)$/gm)].map((match) => (match[1] ?? '').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-')));
}

function isRule(line: string): boolean {
  return /^\|[\s:|-]+\|$/.test(line) && line.includes('-');
}
