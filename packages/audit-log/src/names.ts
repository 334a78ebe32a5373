/**
 * Which names may stand in the log as they are. A model or tool name can come from the program in the sandbox,
 * which may put anything there, a key or a person's data included; whatever does not look like a name is hashed.
 */

/** Ids that the host makes; never text of a user. */
const HOST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** How well-known credentials begin. */
const CREDENTIAL = /^(?:sk|pk|rk|gh[pousr]|github_pat|glpat|xox[a-z]|AKIA|ASIA|AIza|eyJ)(?:[-_]|[A-Z0-9])/;

/** Whether an id is one that a host makes: up to 128 letters, digits, `.`, `_`, `:`, `-`. */
export function isHostId(id: string): boolean {
  return HOST_ID.test(id);
}

/**
 * Whether a name of a model, tool, pattern or error is plainly that: at most 96 characters, words of letters or few
 * digits between `-._:/`, and nothing in the shape of a credential, a random string, a phone, card or social security number.
 */
export function isPlainName(name: string): boolean {
  if (name.length > 96 || !/^@?[A-Za-z][A-Za-z0-9._:/-]*$/.test(name) || CREDENTIAL.test(name)) return false;
  let digits = 0;
  for (const word of name.replace('@', '').split(/[._:/-]+/)) {
    // Digits spread over neighbouring words count together; a date has eight.
    digits = /^[0-9]+$/.test(word) ? digits + word.length : 0;
    if (digits > 8 || !isWord(word)) return false;
  }
  return true;
}

function isWord(word: string): boolean {
  if (!/^[A-Za-z]*$/.test(word)) return word.length <= 8;
  const capitals = word.replace(/[^A-Z]/g, '').length;
  return word.length <= 8 || (word.length <= 40 && capitals * 4 <= word.length);
}
