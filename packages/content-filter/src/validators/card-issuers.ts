/** Issuer identification numbers from `from` to `to` (same number of digits) and the lengths of their cards. */
interface IssuerRange {
  from: string;
  to: string;
  lengths: readonly number[];
}

const SIXTEEN = [16];
const SIXTEEN_UP = [16, 17, 18, 19];
const ANY = [13, 14, 15, 16, 17, 18, 19];

/*
 * Ranges as the networks publish them; https://en.wikipedia.org/wiki/Payment_card_number collects the sources.
 * Where ranges overlap, every length of each of them counts.
 */
const RANGES: readonly IssuerRange[] = [
  // Visa https://developer.visa.com/
  { from: '4', to: '4', lengths: [13, 16, 19] },
  // Mastercard https://www.mastercard.us/en-us/business/issuers/get-support/2-series-bin.html
  { from: '51', to: '55', lengths: SIXTEEN },
  { from: '2221', to: '2720', lengths: SIXTEEN },
  // American Express
  { from: '34', to: '34', lengths: [15] },
  { from: '37', to: '37', lengths: [15] },
  // Diners Club
  { from: '300', to: '305', lengths: [14, ...SIXTEEN_UP] },
  { from: '3095', to: '3095', lengths: [14, ...SIXTEEN_UP] },
  { from: '36', to: '36', lengths: [14, ...SIXTEEN_UP] },
  { from: '38', to: '39', lengths: [14, ...SIXTEEN_UP] },
  // Discover
  { from: '6011', to: '6011', lengths: SIXTEEN_UP },
  { from: '644', to: '649', lengths: SIXTEEN_UP },
  { from: '65', to: '65', lengths: SIXTEEN_UP },
  // JCB, RuPay and LankaPay in its ranges
  { from: '3528', to: '3589', lengths: SIXTEEN_UP },
  // UnionPay, RuPay
  { from: '62', to: '62', lengths: SIXTEEN_UP },
  { from: '81', to: '82', lengths: SIXTEEN_UP },
  { from: '60', to: '60', lengths: SIXTEEN },
  // Maestro: its best known ranges in every length, the others as long as its neighbours there
  { from: '5018', to: '5018', lengths: ANY },
  { from: '5020', to: '5020', lengths: ANY },
  { from: '5038', to: '5038', lengths: ANY },
  { from: '5893', to: '5893', lengths: ANY },
  { from: '6304', to: '6304', lengths: ANY },
  { from: '6759', to: '6763', lengths: ANY },
  { from: '50', to: '50', lengths: SIXTEEN_UP },
  { from: '56', to: '58', lengths: SIXTEEN_UP },
  { from: '61', to: '61', lengths: SIXTEEN_UP },
  { from: '63', to: '64', lengths: SIXTEEN_UP },
  { from: '66', to: '69', lengths: SIXTEEN_UP },
  // Mir, Borica
  { from: '2200', to: '2205', lengths: SIXTEEN_UP },
  // Troy, Humo, Uzcard
  { from: '9792', to: '9792', lengths: SIXTEEN },
  { from: '9860', to: '9860', lengths: SIXTEEN },
  { from: '8600', to: '8600', lengths: SIXTEEN },
];

/** Fewest and most digits of a card number (ISO/IEC 7812-1 allows 19). */
export const CARD_DIGITS = { min: 13, max: 19 } as const;

/** Whether a network issues numbers that begin and are as long as this string of digits. */
export function isIssued(digits: string): boolean {
  return RANGES.some(({ from, to, lengths }) => {
    const head = digits.slice(0, from.length);
    return head >= from && head <= to && lengths.includes(digits.length);
  });
}
