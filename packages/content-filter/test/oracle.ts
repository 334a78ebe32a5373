/**
 * A slow reading of what the filter promises: whole texts, plain regular expressions, every index tried. It shares
 * nothing with the engine but the table of card issuers. Text in front of an index is the output so far, so that a
 * placeholder is the only context a match leaves behind.
 */
import type { FindingType, RedactionResult, Violation } from '../src/index.ts';
import { cardEnd, emailRange, jwtEnd, keyBlockEnd, looksRandom, ssnEnd, START } from './oracle-rules.ts';

export interface OracleRule {
  type: FindingType;
  pattern: string;
  /** The range of the match whose anchor is at `at`. */
  match: (text: string, at: number) => readonly [number, number] | undefined;
}

function token(pattern: string, source: string, accept: (body: string, match: string) => boolean = () => true): OracleRule {
  const regex = new RegExp(source, 'y');
  return {
    type: 'secret',
    pattern,
    match: (text, at) => {
      regex.lastIndex = at;
      const found = regex.exec(text);
      if (found === null || !accept(found[1] ?? '', found[0])) return undefined;
      return [at + found[0].length - (found[2] ?? found[0]).length, at + found[0].length];
    },
  };
}

const has = (body: string): boolean => body.includes('T3BlbkFJ');
const named = (body: string): boolean => looksRandom(body) || /[A-Za-z0-9]{20}/.test(body);
const from = (type: FindingType, pattern: string, end: (text: string, at: number) => number | undefined): OracleRule => ({
  type,
  pattern,
  match: (text, at) => {
    const to = end(text, at);
    return to === undefined ? undefined : [at, to];
  },
});
const KIND = '(?:proj|svcacct|admin|None)';

export const ORACLE_RULES: readonly OracleRule[] = [
  token('anthropic_key', 'sk-ant-([\\w-]{20,})', (body) => named(body.slice(0, 64)) || /[A-Za-z0-9]{16}/.test(body.slice(0, 64))),
  token('openai_key', `${START}sk-${KIND}-([\\w-]{20,})`, (body) => named(body.slice(0, 96))),
  token('openai_key', `sk-${KIND}-([\\w-]{20,})`, (body) => has(body.slice(0, 96))),
  token('openai_key', `${START}sk-([\\w-]{20,})`, (body) => looksRandom(body.slice(0, 64))),
  token('openai_key', 'sk-([\\w-]{20,})', (body) => has(body.slice(0, 64))),
  token('github_token', 'ghs_\\d{1,20}_eyJ[\\w-]*(?:\\.{1,2}[\\w-]+)*'),
  token('github_token', '(?:gh[pousr]|github_pat)_([A-Za-z0-9]\\w{19,})', (body) =>
    looksRandom(body.slice(0, 40)) || /[A-Za-z0-9]{30}/.test(body.slice(0, 40))),
  token('aws_access_key', `${START}(?:AKIA|ASIA)[A-Z0-9]{16}(?:(?![A-Za-z0-9])|(?=eyJ|gh|git|sk-))`),
  token(
    'aws_secret_key',
    `(?=secret_access_key|SECRET_ACCESS_KEY|secretAccessKey|SecretAccessKey)()[\\w-]{1,17}["' \\t:=>]{1,12}([A-Za-z0-9+/]{40,})`,
    (_, match) => looksRandom(/[A-Za-z0-9+/]{40,}$/.exec(match)?.[0].slice(0, 40) ?? ''),
  ),
  from('secret', 'jwt', jwtEnd),
  from('secret', 'private_key', keyBlockEnd),
  token('google_api_key', `${START}AIza[\\w-]{35,}`),
  token('slack_token', `${START}(?:xoxe\\.xox[bp]-|xox[abcdeoprs]-|xapp-|xwfp-)([A-Za-z0-9%-]{20,})`, (body) =>
    looksRandom(body.slice(0, 96))),
  token('stripe_key', `${START}(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{20,}`),
  token('gitlab_token', `${START}gl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-([\\w-]{20,})(?:\\.{1,2}[\\w-]+)*`, (body) =>
    looksRandom(body.slice(0, 64))),
  token('npm_token', `${START}npm_[A-Za-z0-9]{36,}`),
  token('huggingface_token', `${START}(?:hf|api_org)_([A-Za-z0-9]{30,})`, (body) => looksRandom(body.slice(0, 34))),
  from('pii', 'ssn', ssnEnd),
  from('pii', 'credit_card', cardEnd),
  { type: 'pii', pattern: 'email', match: emailRange },
];

interface Open {
  start: number;
  end: number;
  rule: OracleRule;
}

/** Redacts by trying every rule at every index. */
export function oracleRedact(text: string): RedactionResult {
  const violations: Violation[] = [];
  let before = '';
  let rest = text;
  let at = 0;
  let open: Open | undefined;
  for (;;) {
    if (at >= (open?.end ?? rest.length)) {
      if (open === undefined) return { text: before + rest, violations };
      const { start, end, rule } = open;
      before += rest.slice(0, start) + (rule.type === 'secret' ? '[REDACTED_SECRET]' : '[REDACTED_PII]');
      rest = rest.slice(end);
      at -= end;
      const known = violations.find(({ pattern }) => pattern === rule.pattern);
      if (known) known.count += 1;
      else violations.push({ type: rule.type, pattern: rule.pattern, count: 1 });
      open = undefined;
      continue;
    }
    const found = matchAt(before + rest, before.length + at);
    if (found === undefined) {
      at += 1;
      continue;
    }
    const start = found.start - before.length;
    const end = found.end - before.length;
    if (open === undefined) open = { start, end, rule: found.rule };
    else {
      open.end = Math.max(open.end, end);
      if (open.rule.type === 'pii' && found.rule.type === 'secret') open.rule = found.rule;
    }
    at = Math.max(at + 1, start);
  }
}

function matchAt(text: string, at: number): Open | undefined {
  for (const rule of ORACLE_RULES) {
    const range = rule.match(text, at);
    if (range !== undefined) return { start: range[0], end: range[1], rule };
  }
  return undefined;
}
