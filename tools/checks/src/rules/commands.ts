import { lineOf } from '../support/workspace.ts';
import type { Source } from './imports.ts';

/** What documents may tell a reader to type or look at. */
export interface Known {
  /** npm scripts of the root. */
  scripts: ReadonlySet<string>;
  /** Commands of the command line, with their sub-commands: `audit verify`. */
  commands: ReadonlySet<string>;
  /** Generators of tools/generators. */
  generators: ReadonlySet<string>;
  /** Environment variables that the product reads. */
  variables: ReadonlySet<string>;
  /** Whether a path from the root exists. */
  exists(path: string): boolean;
}

/** Everything that a document tells a reader to type or look at, and that is not there. */
export function findStaleMentions({ path, text }: Source, known: Known): string[] {
  const found: [RegExp, (match: RegExpMatchArray) => string | undefined][] = [
    [/\bnpm run ([\w:-]+)/g, ([, script = '']) => (known.scripts.has(script) ? undefined : `no npm script ${script}`)],
    [/(?<=^|^\$ |`|\| |npx )code-executor ((?!-)[a-z]+)(?: ([a-z]+)\b)?/gm, ([, command = '', sub]) => staleCommand(command, sub, known.commands)],
    [/@code-executor\/generators:([\w-]+)/g, ([, name = '']) => (known.generators.has(name) ? undefined : `no generator ${name}`)],
    [/\b(?:CODE_EXECUTOR|ANTHROPIC)_[A-Z_]*[A-Z]\b/g, ([name]) => (known.variables.has(name) ? undefined : `no environment variable ${name}`)],
    [/`((?:packages|apps|tools|docs|examples)\/[\w./-]+)`/g, ([, file = '']) => (/NAME/.test(file) || known.exists(file) ? undefined : `no path ${file}`)],
    [/`([a-z][a-z-]*\/src\/[\w./-]+)`/g, ([, file = '']) => (known.exists(`packages/${file}`) ? undefined : `no path packages/${file}`)],
  ];
  const code = commandsOnly(text);
  return found.flatMap(([pattern, check], index) =>
    [...(index === 1 ? code : text).matchAll(pattern)].flatMap((match) => {
      const problem = check(match);
      return problem === undefined ? [] : [`${path}:${lineOf(text, match.index)}: ${problem}`];
    }),
  );
}

/** A sub-command counts only where the command has any: `run program` runs a file. */
function staleCommand(command: string, sub: string | undefined, commands: ReadonlySet<string>): string | undefined {
  const hasSubs = [...commands].some((known) => known.startsWith(`${command} `));
  if (!commands.has(command)) return `no command ${command}`;
  return !hasSubs || (sub !== undefined && commands.has(`${command} ${sub}`)) ? undefined : `no command ${command} ${sub ?? 'without a sub-command'}`;
}

/** The text with everything blanked that is neither a shell block nor inline code: prose may begin with the product's name. */
function commandsOnly(text: string): string {
  const kept = [...text.matchAll(/^```(?:sh|bash)\n[\s\S]*?^```$|`[^`\n]+`/gm)];
  let result = '';
  for (const match of kept) {
    result += text.slice(result.length, match.index).replace(/[^\n]/g, ' ') + match[0];
  }
  return result;
}
