import { isIssued } from '../src/validators/card-issuers.ts';

/** In front of a token: no letter or digit, unless it ends an escape sequence. */
export const START = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrtbfv0])|(?<=%[\dA-Fa-f]{2})|(?<=\\x[\dA-Fa-f]{2})|(?<=\\u[\dA-Fa-f]{4})|(?<=\x1b\[[\d;]{0,13}m))`;

const ENDS = '(?:(?![A-Za-z0-9])|(?=eyJ|gh|git|sk-))';

export function looksRandom(body: string): boolean {
  const runs = body.split(/[^A-Za-z0-9]+/);
  if (runs.some((run) => run.length >= 32)) return true;
  if (runs.some((run) => run.length >= 20 && (/\d/.test(run) || (/[a-z]/.test(run) && /[A-Z]/.test(run))))) return true;
  const digitChanges = body.match(/(?<=\d)(?=[A-Za-z])|(?<=[A-Za-z])(?=\d)/g)?.length ?? 0;
  const caseChanges = body.match(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])/g)?.length ?? 0;
  const all = /\d/.test(body) && /[a-z]/.test(body) && /[A-Z]/.test(body);
  return body.length >= 20 && all && digitChanges >= 2 && digitChanges + caseChanges >= 6;
}

function sticky(source: string, text: string, at: number): RegExpExecArray | null {
  const regex = new RegExp(source, 'y');
  regex.lastIndex = at;
  return regex.exec(text);
}

function isJose(header: string): boolean {
  const decoded = Buffer.from(header, 'base64url').toString('latin1');
  // A JSON text has no control characters but white space: what follows one is no header.
  const control = [...decoded].findIndex((char) => char < ' ' && !/\s/.test(char.replace(/[\v\f]/, '')));
  const json = control === -1 ? decoded : decoded.slice(0, control);
  if (!/^\{"[\w#.-]+(?:"|$)/.test(json.slice(0, 24))) return false;
  const names = 'alg|enc|typ|cty|kid|jku|jwk|x5u|x5c|x5t|x5t#S256|crit|zip|epk|apu|apv|iv|tag|p2s|p2c|b64|url|nonce|ppt|svt';
  return new RegExp(`^\\{"(?:${names})"|"(?:alg|enc)"\\s*:`).test(json);
}

export function jwtEnd(text: string, at: number): number | undefined {
  const head = sticky('eyJ[\\w-]*', text, at)?.[0];
  if (head === undefined) return undefined;
  const parts = '(?:\\.{1,2}[\\w-]+)*';
  if (head.length >= 256) {
    return isJose(head.slice(0, 256)) ? at + (sticky(`[\\w-]+${parts}`, text, at)?.[0].length ?? 0) : undefined;
  }
  const dot = at + head.length;
  if (text[dot] !== '.' || head.length < 14) return undefined;
  const end = dot + (sticky(parts, text, dot)?.[0].length ?? 0);
  if (text.startsWith('eyJ', dot + 1)) return end;
  const behind = text.slice(dot, dot + 13).split(/\.\.\.|[^\w.-]/)[0] ?? '';
  return behind.replaceAll('.', '').length >= 8 && isJose(head) ? end : undefined;
}

export function keyBlockEnd(text: string, at: number): number | undefined {
  const header = sticky('-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----', text, at)?.[0];
  if (header === undefined || header.length > 96) return undefined;
  const block = `[A-Za-z0-9+/= \\t\\r\\n\\\\"',:.()#>|_-]*`;
  const seen = text.slice(at + header.length, at + 316);
  const body = sticky(block, seen, 0)?.[0].split('-----END')[0] ?? '';
  const isMaterial = (run: string): boolean =>
    run.length >= 40 || (run.length >= 16 && (run.match(/[A-Z]/g)?.length ?? 0) >= 4 && /[a-z]/.test(run));
  if (!body.split(/[^A-Za-z0-9+/]/).some(isMaterial)) return undefined;
  const from = at + header.length;
  const plain = from + (sticky(block, text, from)?.[0].length ?? 0);
  const foot = /-----END[^]{0,67}?-----/g;
  foot.lastIndex = from;
  const closing = foot.exec(text);
  return closing !== null && closing.index < plain ? closing.index + closing[0].length : plain;
}

const NUMBER = `${START}(?<!\\d[-.])`;

export function ssnEnd(text: string, at: number): number | undefined {
  const source = `${NUMBER}(?!000|666|9)\\d{3}([- ])(?!00)\\d{2}\\1(?!0000)\\d{4}(?!-\\d)${ENDS}`;
  const found = sticky(source, text, at);
  if (found === null) return undefined;
  const context = text.slice(Math.max(0, at - 64), at).split(']').at(-1) ?? '';
  const isNamed = /(?<![a-z])ssns?(?![a-z])|social[ _-]?security/i.test(context);
  return found[1] === '-' || isNamed ? at + 11 : undefined;
}

function luhn(digits: string): boolean {
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  const sum = [...digits].toReversed().reduce((total, d, i) => total + (i % 2 ? (doubled[Number(d)] ?? 0) : Number(d)), 0);
  return sum % 10 === 0;
}

export function cardEnd(text: string, at: number): number | undefined {
  const found = sticky(`${NUMBER}\\d{4,}(?:([- ])\\d+(?:\\1\\d+){0,3})?`, text, at);
  if (found === null) return undefined;
  const min = text[at - 1] === '+' ? 16 : 13;
  const groups = found[0].split(/[- ]/);
  let end: number | undefined;
  for (let count = 1; count <= groups.length; count += 1) {
    const digits = groups.slice(0, count).join('');
    const to = at + digits.length + count - 1;
    if (groups.slice(1, count - 1).some((group) => group.length < 3) || digits.length > 19) break;
    if (digits.length >= min && isIssued(digits) && luhn(digits) && sticky(ENDS, text, to)) end = to;
  }
  return end;
}

const UNSPACED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const FILES =
  /^(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|tiff|css|scss|less|[mc]?[jt]s|[jt]sx|jsonc?|html?|xml|ya?ml|toml|ini|txt|[ct]sv|pdf|exe|dll|lock|log|map|wasm|java|[ch]pp|vue|svelte|mp[34]|webm|woff2?|ttf|tgz|gz|7z)$/i;

export function emailRange(text: string, at: number): readonly [number, number] | undefined {
  if (text[at] !== '@') return undefined;
  let local = /[\p{L}\p{M}\p{N}._%+'-]*$/u.exec(text.slice(0, at))?.[0] ?? '';
  if (!new RegExp(`[${UNSPACED}]$`, 'u').test(local)) local = local.split(new RegExp(`[${UNSPACED}]`, 'u')).at(-1) ?? '';
  if (local.length > 64) {
    const begin = new RegExp(`(?<=^[^]{${local.length - 64},})(?:(?<![\\p{L}\\p{M}\\p{N}])|(?<=[${UNSPACED}])|(?=[${UNSPACED}]))\\p{L}`, 'u');
    local = begin.test(local) ? local.slice(begin.exec(local)?.index) : '';
  }
  if (text[at - local.length - 1] === '\\') local = local.replace(/^(?:[nrtbfv0]|u[0-9a-f]{4}|x[0-9a-f]{2})/i, '');
  local = local.replace(/^(?:[.+'-]|%(?:[0-2][0-9a-f]|3[a-f])|%(?![0-9a-f]{2})|(?:[bfru]|[bf]r|r[bf])')+/i, '');
  if (!/[\p{L}\p{M}\p{N}]/u.test(local) || /^(?:git|this)$/.test(local)) return undefined;
  const domain = /^(?:(?!-)[\p{L}\p{M}\p{N}-]+(?:\.(?=[\p{L}\p{M}\p{N}])|$|(?![\p{L}\p{M}\p{N}-])))+/u.exec(text.slice(at + 1, at + 256))?.[0];
  const labels = (domain ?? '').replace(/\.$/, '').split('.');
  for (let count = labels.length; count >= 2; count -= 1) {
    const label = labels[count - 1] ?? '';
    const top = /^xn--[^]+|^[A-Za-z]{2,}|^[\u0080-\uffff]{2,}/.exec(label)?.[0];
    if (top === undefined) continue;
    const name = [...labels.slice(0, count - 1), top].join('.');
    const isFile = FILES.test(/^[A-Za-z0-9]*/.exec(label)?.[0] ?? '');
    return isFile || /^(?:v?\d+\.\d+\.\d|\d+x\.)/.test(name) ? undefined : [at - local.length, at + 1 + name.length];
  }
  return undefined;
}
