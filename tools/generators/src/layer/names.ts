/** The longest name: npm would take more, readers would not. */
const MAX_LENGTH = 50;
/** Names of the files and types that every layer has. */
const RESERVED = new Set(['index', 'errors', 'verdict']);

/** One layer's name in each form that its files need. */
export interface LayerNames {
  /** `token-guard` */
  kebab: string;
  /** `TokenGuard` */
  pascal: string;
  /** `token guard` */
  words: string;
}

/**
 * A layer's name in every form.
 *
 * @throws {Error} where it is not kebab-case: lower-case letters and digits in words joined by single hyphens,
 * beginning with a letter, at most 50 characters; and for `index`, `errors` and `verdict`
 */
export function layerNames(name: string): LayerNames {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) || name.length > MAX_LENGTH) {
    throw new Error(`name must be kebab-case, begin with a letter and have at most ${MAX_LENGTH} characters (for example token-guard), got ${JSON.stringify(name)}`);
  }
  if (RESERVED.has(name)) throw new Error(`name ${JSON.stringify(name)} is taken by a file or type that every layer has: choose another`);
  const words = name.split('-');
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return { kebab: name, pascal, words: words.join(' ') };
}
